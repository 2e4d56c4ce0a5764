package aero.kinesis;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;
import org.apache.flink.table.data.RowData;

/**
 * Makes the partition key of a row from its partition columns, joined by a delimiter.
 *
 * <p>Without partition columns each key is random, which spreads records over all shards.
 */
final class PartitionKeys implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Kinesis takes keys of 1 to 256 characters. */
    static final int MOST_CHARACTERS = 256;

    private static final int HASH_CHARACTERS = 64;
    private static final String EMPTY = "-";

    private final RowData.FieldGetter[] columns;
    private final String delimiter;

    PartitionKeys(List<RowData.FieldGetter> columns, String delimiter) {
        this.columns = columns.toArray(RowData.FieldGetter[]::new);
        this.delimiter = delimiter;
    }

    /** Returns the key of a row; equal partition columns give equal keys. */
    String of(RowData row) {
        if (columns.length == 0) {
            return UUID.randomUUID().toString();
        }
        StringJoiner key = new StringJoiner(delimiter);
        for (RowData.FieldGetter column : columns) {
            key.add(String.valueOf(column.getFieldOrNull(row)));
        }
        return fitting(key.toString());
    }

    /** Cuts a key that is too long and ends it in the hash of the whole, so that different keys stay different. */
    static String fitting(String key) {
        if (key.isEmpty()) {
            return EMPTY;
        }
        if (key.length() <= MOST_CHARACTERS) {
            return key;
        }
        int end = MOST_CHARACTERS - HASH_CHARACTERS;
        if (Character.isHighSurrogate(key.charAt(end - 1))) {
            end--; // half a character is none
        }
        return key.substring(0, end) + sha256(key);
    }

    private static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
