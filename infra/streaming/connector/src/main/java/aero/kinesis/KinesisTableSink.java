package aero.kinesis;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsPartitioning;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * The table as the planner sees it.
 *
 * <p>What changes it takes is the format's word: {@code json} is insert-only, {@code debezium-json} carries updates.
 */
final class KinesisTableSink implements DynamicTableSink, SupportsPartitioning {
    private final EncodingFormat<SerializationSchema<RowData>> format;
    private final DataType row;
    private final int[] partitionColumns;
    private final String delimiter;
    private final StreamAddress stream;
    private final Limits limits;
    private final boolean failOnError;

    KinesisTableSink(
            EncodingFormat<SerializationSchema<RowData>> format,
            DataType row,
            int[] partitionColumns,
            String delimiter,
            StreamAddress stream,
            Limits limits,
            boolean failOnError) {
        this.format = format;
        this.row = row;
        this.partitionColumns = partitionColumns;
        this.delimiter = delimiter;
        this.stream = stream;
        this.limits = limits;
        this.failOnError = failOnError;
    }

    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
        return format.getChangelogMode();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        RowConverter converter = new RowConverter(format.createRuntimeEncoder(context, row), keys());
        return SinkV2Provider.of(new KinesisSink(converter, stream, limits, failOnError));
    }

    @Override
    public void applyStaticPartition(Map<String, String> partition) {
        if (!partition.isEmpty()) {
            throw new ValidationException("INSERT INTO … PARTITION (" + String.join(", ", partition.keySet())
                    + " = …) is not supported by the Kinesis sink: select the column instead.");
        }
    }

    @Override
    public DynamicTableSink copy() {
        return new KinesisTableSink(format, row, partitionColumns, delimiter, stream, limits, failOnError);
    }

    @Override
    public String asSummaryString() {
        return "Kinesis stream " + stream.arn();
    }

    private PartitionKeys keys() {
        List<LogicalType> types = row.getLogicalType().getChildren();
        List<RowData.FieldGetter> columns = Arrays.stream(partitionColumns)
                .mapToObj(index -> RowData.createFieldGetter(types.get(index), index))
                .toList();
        return new PartitionKeys(columns, delimiter);
    }
}
