package aero.event;

import java.util.List;
import java.util.Set;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;

/**
 * {@code 'format' = 'aero-event'}: events checked as Python checks them. Flink's own json format either fails the job on
 * a bad record or drops it in silence, and reads {@code "12"} as a number; neither keeps stream and batch equal.
 */
public final class EventFormatFactory implements DeserializationFormatFactory {
    private static final ConfigOption<String> CLOCK = ConfigOptions.key("clock").stringType().defaultValue("event")
            .withDescription("What time it is for the platform: wall holds stamps to the minute of their arrival.");
    private static final Set<LogicalTypeRoot> KNOWN = Set.of(
            LogicalTypeRoot.VARCHAR, LogicalTypeRoot.INTEGER, LogicalTypeRoot.DOUBLE, LogicalTypeRoot.BOOLEAN);

    @Override
    public String factoryIdentifier() {
        return "aero-event";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(CLOCK);
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        FactoryUtil.validateFactoryOptions(this, options);
        return new DecodingFormat<>() {
            @Override
            public DeserializationSchema<RowData> createRuntimeDecoder(
                    DynamicTableSource.Context source, DataType physical) {
                RowType row = (RowType) physical.getLogicalType();
                List<LogicalTypeRoot> types =
                        row.getFields().stream().map(field -> field.getType().getTypeRoot()).toList();
                types.stream().filter(type -> !KNOWN.contains(type)).findFirst().ifPresent(type -> {
                    throw new ValidationException("aero-event knows STRING, INT, DOUBLE and BOOLEAN, not " + type);
                });
                return new EventDeserializationSchema(
                        row.getFieldNames(), types, source.createTypeInformation(physical), options.get(CLOCK));
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return ChangelogMode.insertOnly();
            }
        };
    }
}
