package aero.kinesis;

import static org.apache.flink.connector.base.table.AsyncSinkConnectorOptions.FLUSH_BUFFER_SIZE;
import static org.apache.flink.connector.base.table.AsyncSinkConnectorOptions.FLUSH_BUFFER_TIMEOUT;
import static org.apache.flink.connector.base.table.AsyncSinkConnectorOptions.MAX_BATCH_SIZE;
import static org.apache.flink.connector.base.table.AsyncSinkConnectorOptions.MAX_BUFFERED_REQUESTS;
import static org.apache.flink.connector.base.table.AsyncSinkConnectorOptions.MAX_IN_FLIGHT_REQUESTS;

import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;
import org.apache.flink.table.types.DataType;

/** Makes the sink of {@code 'connector' = 'kinesis'} from the table's options; Flink finds it by META-INF/services. */
public final class KinesisSinkFactory implements DynamicTableSinkFactory {
    static final ConfigOption<String> STREAM_ARN = ConfigOptions.key("stream.arn")
            .stringType()
            .noDefaultValue()
            .withDescription("ARN of the stream.");
    static final ConfigOption<String> REGION = ConfigOptions.key("aws.region")
            .stringType()
            .noDefaultValue()
            .withDescription("Region of the stream.");
    static final ConfigOption<String> ENDPOINT = ConfigOptions.key("aws.endpoint")
            .stringType()
            .noDefaultValue()
            .withDescription("Address of an emulator; on AWS the region's own is used.");
    static final ConfigOption<String> DELIMITER = ConfigOptions.key("sink.partitioner-field-delimiter")
            .stringType()
            .defaultValue("|")
            .withDescription("What stands between the partition columns in a partition key.");
    static final ConfigOption<Boolean> FAIL_ON_ERROR = ConfigOptions.key("sink.fail-on-error")
            .booleanType()
            .defaultValue(false)
            .withDescription("Whether the first refused record fails the job; otherwise it is sent again.");

    private static final String ARN_FORM = "arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[a-zA-Z0-9_.-]{1,128}";

    /** Flink asks for it by its class. */
    public KinesisSinkFactory() {}

    @Override
    public String factoryIdentifier() {
        return "kinesis";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(STREAM_ARN, REGION, FactoryUtil.FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(ENDPOINT, DELIMITER, FAIL_ON_ERROR, MAX_BATCH_SIZE, MAX_IN_FLIGHT_REQUESTS,
                MAX_BUFFERED_REQUESTS, FLUSH_BUFFER_SIZE, FLUSH_BUFFER_TIMEOUT);
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        EncodingFormat<SerializationSchema<RowData>> format =
                helper.discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validate();
        ReadableConfig options = helper.getOptions();
        return new KinesisTableSink(format, context.getPhysicalRowDataType(),
                partitionColumns(context), options.get(DELIMITER), stream(options),
                limits(options), options.get(FAIL_ON_ERROR));
    }

    /** Positions in what is written: computed columns are not. */
    private static int[] partitionColumns(Context context) {
        List<String> names = DataType.getFieldNames(context.getPhysicalRowDataType());
        return context.getCatalogTable().getPartitionKeys().stream().mapToInt(names::indexOf).toArray();
    }

    private static StreamAddress stream(ReadableConfig options) {
        String arn = options.get(STREAM_ARN);
        if (!arn.matches(ARN_FORM)) {
            throw new ValidationException("stream.arn is '" + arn + "', which is no ARN of a stream; it looks like"
                    + " arn:aws:kinesis:REGION:ACCOUNT:stream/NAME.");
        }
        return new StreamAddress(arn, options.get(REGION), options.get(ENDPOINT));
    }

    private static Limits limits(ReadableConfig options) {
        Limits usual = Limits.DEFAULT;
        return new Limits(
                options.getOptional(MAX_BATCH_SIZE).orElse(usual.batchRecords()),
                options.getOptional(FLUSH_BUFFER_SIZE).orElse(usual.batchBytes()),
                options.getOptional(MAX_IN_FLIGHT_REQUESTS).orElse(usual.requestsInFlight()),
                options.getOptional(MAX_BUFFERED_REQUESTS).orElse(usual.recordsBuffered()),
                options.getOptional(FLUSH_BUFFER_TIMEOUT).orElse(usual.bufferMillis()));
    }
}
