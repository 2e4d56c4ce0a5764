package aero.kinesis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/**
 * Sends batches of records and deals with the answers.
 *
 * <p>Kinesis may take a part of a batch: exactly what it refused is sent again, after a pause, so records may overtake
 * each other. With {@code sink.fail-on-error} the first refusal fails the job instead. What waiting cannot cure fails
 * it in any case.
 */
final class KinesisSinkWriter extends AsyncSinkWriter<RowData, KinesisRecord> {
    private static final Logger LOG = LoggerFactory.getLogger(KinesisSinkWriter.class);

    private final String arn;
    private final boolean failOnError;
    private final KinesisAsyncClient client;
    private final Counter refusedRecords;
    private final Backoff backoff = new Backoff(System::nanoTime);

    KinesisSinkWriter(
            ElementConverter<RowData, KinesisRecord> converter,
            WriterInitContext context,
            AsyncSinkWriterConfiguration configuration,
            Collection<BufferedRequestState<KinesisRecord>> states,
            String arn,
            boolean failOnError,
            KinesisAsyncClient client) {
        super(converter, context, configuration, states);
        this.arn = arn;
        this.failOnError = failOnError;
        this.client = client;
        this.refusedRecords = context.metricGroup().getNumRecordsOutErrorsCounter();
    }

    @Override
    protected void submitRequestEntries(List<KinesisRecord> batch, ResultHandler<KinesisRecord> result) {
        put(batch).whenComplete((response, error) -> {
            if (error != null) {
                refused(batch, batch.size(), Refusal.unwrap(error), result);
            } else if (response.failedRecordCount() != null && response.failedRecordCount() > 0) {
                partlyRefused(batch, response, result);
            } else {
                backoff.accepted();
                result.complete();
            }
        });
    }

    @Override
    protected long getSizeInBytes(KinesisRecord waiting) {
        return waiting.sizeInBytes();
    }

    @Override
    public void close() {
        super.close();
        client.close();
    }

    private CompletableFuture<PutRecordsResponse> put(List<KinesisRecord> batch) {
        List<PutRecordsRequestEntry> entries = batch.stream()
                .map(one -> PutRecordsRequestEntry.builder()
                        .partitionKey(one.partitionKey())
                        .data(SdkBytes.fromByteArrayUnsafe(one.data()))
                        .build())
                .toList();
        try {
            return client.putRecords(
                    PutRecordsRequest.builder().streamARN(arn).records(entries).build());
        } catch (RuntimeException beforeItWasSent) {
            return CompletableFuture.failedFuture(beforeItWasSent);
        }
    }

    private void partlyRefused(
            List<KinesisRecord> batch, PutRecordsResponse response, ResultHandler<KinesisRecord> result) {
        List<KinesisRecord> again = new ArrayList<>();
        Throwable reason = null;
        for (int i = 0; i < batch.size(); i++) {
            PutRecordsResultEntry answer = response.records().get(i);
            if (answer.errorCode() != null) {
                again.add(batch.get(i));
                reason = new KinesisSinkException(answer.errorCode() + ": " + answer.errorMessage());
            }
        }
        if (again.size() < batch.size()) {
            backoff.accepted();
        }
        refused(again, batch.size(), reason, result);
    }

    private void refused(List<KinesisRecord> again, int sent, Throwable reason, ResultHandler<KinesisRecord> result) {
        refusedRecords.inc(again.size());
        String what = again.size() + " of " + sent + " records were refused by " + arn;
        if (failOnError || !Refusal.mayPass(reason)) {
            result.completeExceptionally(new KinesisSinkException(what + ": " + reason.getMessage(), reason));
            return;
        }
        Optional<Duration> pause = backoff.refused();
        if (pause.isEmpty()) {
            result.completeExceptionally(new KinesisSinkException(
                    what + ", and none was accepted for " + Backoff.PATIENCE.toSeconds() + " s: "
                            + reason.getMessage(),
                    reason));
            return;
        }
        long millis = pause.get().toMillis();
        LOG.warn("{}; they are sent again in {} ms: {}", what, millis, reason.getMessage());
        // Flink sends what comes back at once, so the pause is ours; its own limiter lowers the rate meanwhile.
        CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(() -> result.retryForEntries(again));
    }
}
