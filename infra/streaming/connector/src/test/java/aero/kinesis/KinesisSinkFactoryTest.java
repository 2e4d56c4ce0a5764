package aero.kinesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ResolvedCatalogTable;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsPartitioning;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.connector.sink.SinkRuntimeProviderContext;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class KinesisSinkFactoryTest {
    private static final String ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/aero-local-alerts-feed";
    private static final ResolvedSchema SCHEMA =
            ResolvedSchema.of(Column.physical("route", DataTypes.STRING()), Column.physical("legs", DataTypes.INT()));

    @Test
    void flinkFindsTheSinkByItsName() {
        assertEquals("Kinesis stream " + ARN, sink(Map.of()).asSummaryString());
    }

    @Test
    void theFormatDecidesWhichChangesTheTableTakes() {
        ChangelogMode json = sink(Map.of("format", "json")).getChangelogMode(ChangelogMode.all());
        ChangelogMode debezium = sink(Map.of("format", "debezium-json")).getChangelogMode(ChangelogMode.all());
        assertTrue(json.containsOnly(RowKind.INSERT));
        assertEquals(ChangelogMode.all(), debezium);
    }

    @Test
    void everyOptionOfTheWriterIsTaken() {
        DynamicTableSink sink = sink(Map.of(
                "aws.endpoint", "http://127.0.0.1:4566",
                "sink.partitioner-field-delimiter", "#",
                "sink.fail-on-error", "true",
                "sink.batch.max-size", "100",
                "sink.requests.max-inflight", "3",
                "sink.requests.max-buffered", "1000",
                "sink.flush-buffer.size", "2097152",
                "sink.flush-buffer.timeout", "100"));
        SinkV2Provider provider =
                (SinkV2Provider) sink.getSinkRuntimeProvider(new SinkRuntimeProviderContext(false));
        assertTrue(provider.createSink() instanceof KinesisSink);
    }

    @Test
    void limitsReachTheWriter() {
        var writer = new Limits(100, 2_097_152, 3, 1000, 100).configuration();
        assertEquals(100, writer.getMaxBatchSize());
        assertEquals(2_097_152, writer.getMaxBatchSizeInBytes());
        assertEquals(3, writer.getMaxInFlightRequests());
        assertEquals(1000, writer.getMaxBufferedRequests());
        assertEquals(100, writer.getMaxTimeInBufferMS());
        assertEquals(KinesisRecord.MOST_BYTES, writer.getMaxRecordSizeInBytes());
    }

    @Test
    void aMissingStreamAndAnUnknownOptionAreNamed() {
        assertTrue(refusal(Map.of("stream.arn", "")).contains("is no ARN of a stream"));
        assertTrue(refusal(Map.of("sink.flush-timeout", "1")).contains("sink.flush-timeout"));
    }

    @Test
    void limitsThatKinesisDoesNotKnowAreRefused() {
        assertTrue(refusal(Map.of("sink.batch.max-size", "501")).contains("sink.batch.max-size is 501"));
        assertTrue(refusal(Map.of("sink.flush-buffer.size", "10")).contains("sink.flush-buffer.size is 10"));
        assertTrue(refusal(Map.of("sink.requests.max-buffered", "5")).contains("sink.requests.max-buffered is 5"));
        assertTrue(refusal(Map.of("sink.flush-buffer.timeout", "0")).contains("sink.flush-buffer.timeout"));
    }

    @Test
    void aStaticPartitionIsRefusedInsteadOfIgnored() {
        SupportsPartitioning sink = (SupportsPartitioning) sink(Map.of());
        sink.applyStaticPartition(Map.of());
        assertThrows(ValidationException.class, () -> sink.applyStaticPartition(Map.of("route", "MEX-GDL")));
        assertFalse(sink.requiresPartitionGrouping(true));
    }

    private static String refusal(Map<String, String> options) {
        StringBuilder messages = new StringBuilder();
        Throwable error = assertThrows(ValidationException.class, () -> sink(options));
        for (; error != null; error = error.getCause()) {
            messages.append(error.getMessage()).append('\n');
        }
        return messages.toString();
    }

    private static DynamicTableSink sink(Map<String, String> changes) {
        Map<String, String> options = new HashMap<>(
                Map.of("connector", "kinesis", "stream.arn", ARN, "aws.region", "us-east-1", "format", "json"));
        options.putAll(changes);
        CatalogTable table = CatalogTable.newBuilder()
                .schema(Schema.newBuilder().fromResolvedSchema(SCHEMA).build())
                .partitionKeys(List.of("route"))
                .options(options)
                .build();
        return FactoryUtil.createDynamicTableSink(
                null,
                ObjectIdentifier.of("catalog", "database", "alerts_feed"),
                new ResolvedCatalogTable(table, SCHEMA),
                Map.of(),
                new Configuration(),
                KinesisSinkFactoryTest.class.getClassLoader(),
                false);
    }
}
