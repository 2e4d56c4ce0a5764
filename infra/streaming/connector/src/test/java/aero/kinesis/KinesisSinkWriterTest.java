package aero.kinesis;

import static aero.kinesis.Rows.converter;
import static aero.kinesis.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/** The writer in a Flink job of its own, against a stream in memory. */
class KinesisSinkWriterTest {
    private static final StreamAddress STREAM =
            new StreamAddress("arn:aws:kinesis:us-east-1:000000000000:stream/test", "us-east-1", null);
    private static final String THROTTLED = "ProvisionedThroughputExceededException";

    @Test
    void everyRecordArrivesOnceWhenNothingIsRefused() throws Exception {
        FakeKinesis stream = new FakeKinesis(asked -> null);

        send(25, 10, false);

        assertEquals(expected(25), sorted(stream.accepted));
        assertTrue(stream.requests.stream().allMatch(batch -> batch.size() <= 10), "batches keep their size");
    }

    @Test
    void exactlyTheRefusedRecordsOfABatchAreSentAgain() throws Exception {
        FakeKinesis stream =
                new FakeKinesis(asked -> asked.request() == 1 && asked.text().endsWith("3") ? THROTTLED : null);

        send(10, 10, false);

        List<List<String>> sent = stream.requests.stream().map(KinesisSinkWriterTest::sorted).toList();
        assertEquals(List.of(expected(10), List.of("route=3")), sent);
        assertEquals(expected(10), sorted(stream.accepted));
    }

    @Test
    void aRequestThatFailsAsAWholeIsSentAgainAsAWhole() throws Exception {
        FakeKinesis stream = new FakeKinesis(asked -> {
            if (asked.request() <= 2) {
                throw KinesisException.builder().statusCode(500).message("internal").build();
            }
            return null;
        });

        send(5, 10, false);

        // Flink's limiter makes batches smaller after a failure, so the rest may take more than one.
        assertEquals(expected(5), sorted(stream.requests.get(0)));
        assertTrue(stream.requests.size() > 2);
        assertEquals(expected(5), sorted(stream.accepted));
    }

    @Test
    void failOnErrorFailsTheJobAtTheFirstRefusedRecord() {
        FakeKinesis stream = new FakeKinesis(asked -> asked.text().endsWith("3") ? THROTTLED : null);

        // A batch larger than the input goes out at its end. A sink that fails while its source still runs makes
        // Flink report, now and then, the message that it could not deliver to the source instead of the refusal.
        String failure = failure(() -> send(10, 20, true));

        assertTrue(failure.contains("1 of 10 records were refused by " + STREAM.arn()), failure);
        assertTrue(failure.contains(THROTTLED + ": slow down"), failure);
        assertEquals(1, stream.requests.size());
    }

    @Test
    void aStreamThatIsNotThereFailsTheJobWithoutRetries() {
        FakeKinesis stream = new FakeKinesis(asked -> {
            throw ResourceNotFoundException.builder().statusCode(400).message("Stream test not found").build();
        });

        String failure = failure(() -> send(3, 10, false));

        assertTrue(failure.contains("Stream test not found"), failure);
        assertEquals(1, stream.requests.size());
    }

    private static void send(int records, int batch, boolean failOnError) throws Exception {
        Configuration configuration = Configuration.fromMap(Map.of("restart-strategy.type", "none"));
        StreamExecutionEnvironment job = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        RowData[] rows = IntStream.range(0, records)
                .mapToObj(number -> row("route", 1, String.valueOf(number)))
                .toArray(RowData[]::new);
        Limits limits = new Limits(batch, Limits.MOST_BYTES, 1, 1000, 60_000);
        job.fromData(InternalTypeInfo.of(Rows.TYPE), rows)
                .sinkTo(new KinesisSink(converter(0), STREAM, limits, failOnError, () -> FakeKinesis.current));
        job.execute();
    }

    private static String failure(Executable sending) {
        StringBuilder messages = new StringBuilder();
        for (Throwable error = assertThrows(Exception.class, sending); error != null; error = error.getCause()) {
            messages.append(error.getMessage()).append('\n');
        }
        return messages.toString();
    }

    private static List<String> expected(int records) {
        return IntStream.range(0, records).mapToObj(number -> "route=" + number).sorted().toList();
    }

    private static List<String> sorted(List<String> texts) {
        return texts.stream().sorted().toList();
    }
}
