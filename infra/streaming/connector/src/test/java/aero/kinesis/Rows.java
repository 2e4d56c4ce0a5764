package aero.kinesis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;

/** Rows (route, hour, text) for tests, and a format that writes the text alone. */
final class Rows {
    static final RowType TYPE = RowType.of(
            new VarCharType(VarCharType.MAX_LENGTH), new IntType(), new VarCharType(VarCharType.MAX_LENGTH));

    private Rows() {}

    static RowData row(String route, Integer hour, String text) {
        return GenericRowData.of(StringData.fromString(route), hour, StringData.fromString(text));
    }

    static RowConverter converter(int... columns) {
        return new RowConverter(new TextFormat(), keys("|", columns));
    }

    static PartitionKeys keys(String delimiter, int... columns) {
        List<RowData.FieldGetter> getters = Arrays.stream(columns)
                .mapToObj(index -> RowData.createFieldGetter(TYPE.getTypeAt(index), index))
                .toList();
        return new PartitionKeys(getters, delimiter);
    }

    static final class TextFormat implements SerializationSchema<RowData> {
        private static final long serialVersionUID = 1L;

        @Override
        public byte[] serialize(RowData row) {
            return row.getString(2).toString().getBytes(StandardCharsets.UTF_8);
        }
    }
}
