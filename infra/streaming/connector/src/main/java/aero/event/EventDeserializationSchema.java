package aero.event;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * A row per record: the event's fields by name, or, where the record is no event, {@code problem_code}, {@code problem}
 * and the beginning of its {@code body}. It never fails and never drops, so that one poison record stops nobody.
 */
final class EventDeserializationSchema implements DeserializationSchema<RowData> {
    private static final long serialVersionUID = 1L;
    private static final int BODY_BYTES = 4_000;

    private final List<String> columns;
    private final List<LogicalTypeRoot> types;
    private final TypeInformation<RowData> produced;
    private final String platformClock;
    private transient EventChecks checks;

    EventDeserializationSchema(List<String> columns, List<LogicalTypeRoot> types, TypeInformation<RowData> produced,
            String platformClock) {
        this.columns = List.copyOf(columns);
        this.types = List.copyOf(types);
        this.produced = produced;
        this.platformClock = platformClock;
    }

    @Override
    public void open(InitializationContext context) {
        checks = new EventChecks(
                EventVocabulary.packed(), AirportReference.packed(), System::currentTimeMillis, platformClock);
    }

    @Override
    public RowData deserialize(byte[] record) {
        byte[] bytes = record == null ? new byte[0] : record;
        try {
            Map<String, Object> event = checks.read(bytes);
            return row(event::get);
        } catch (EventProblem problem) {
            Map<String, Object> told = Map.of(
                    "problem_code", problem.code(), "problem", problem.getMessage(), "body", beginning(bytes));
            return row(told::get);
        }
    }

    private RowData row(java.util.function.Function<String, Object> values) {
        GenericRowData row = new GenericRowData(columns.size());
        for (int at = 0; at < columns.size(); at++) {
            row.setField(at, converted(values.apply(columns.get(at)), types.get(at)));
        }
        return row;
    }

    private static Object converted(Object value, LogicalTypeRoot type) {
        if (value == null) {
            return null;
        }
        switch (type) {
            case INTEGER:
                return ((Number) value).intValue();
            case DOUBLE:
                return ((Number) value).doubleValue();
            case BOOLEAN:
                return value;
            default:
                return StringData.fromString((String) value);
        }
    }

    private static String beginning(byte[] record) {
        return new String(record, 0, Math.min(record.length, BODY_BYTES), StandardCharsets.UTF_8);
    }

    @Override
    public boolean isEndOfStream(RowData next) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return produced;
    }
}
