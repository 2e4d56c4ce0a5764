package aero.kinesis;

import java.util.Locale;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.FlinkRuntimeException;

/** Makes a record of a row: bytes by the table's format, key by {@link PartitionKeys}. */
final class RowConverter implements ElementConverter<RowData, KinesisRecord> {
    private static final long serialVersionUID = 1L;

    private final SerializationSchema<RowData> format;
    private final PartitionKeys keys;

    RowConverter(SerializationSchema<RowData> format, PartitionKeys keys) {
        this.format = format;
        this.keys = keys;
    }

    @Override
    public void open(WriterInitContext context) {
        try {
            format.open(context.asSerializationSchemaInitializationContext());
        } catch (Exception failed) {
            throw new FlinkRuntimeException("The format of the Kinesis sink does not open.", failed);
        }
    }

    /** @throws IllegalArgumentException for a record that is bigger than Kinesis takes; it never could be sent */
    @Override
    public KinesisRecord apply(RowData row, SinkWriter.Context context) {
        KinesisRecord made = new KinesisRecord(keys.of(row), format.serialize(row));
        if (made.sizeInBytes() > KinesisRecord.MOST_BYTES) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "A record with partition key '%s' has %,d bytes; Kinesis takes %,d, key included."
                            + " Leave wide columns out of the INSERT.",
                    made.partitionKey(), made.sizeInBytes(), KinesisRecord.MOST_BYTES));
        }
        return made;
    }
}
