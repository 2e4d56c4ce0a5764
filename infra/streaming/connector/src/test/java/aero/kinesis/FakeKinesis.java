package aero.kinesis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/** A stream in memory that answers each record as it is told: a code refuses it, null takes it. */
final class FakeKinesis implements KinesisAsyncClient {
    /** The one that a sink reaches after it was serialised into a job. */
    static volatile FakeKinesis current;

    final List<String> accepted = new ArrayList<>();
    final List<List<String>> requests = new ArrayList<>();
    private final Function<Asked, String> answer;

    FakeKinesis(Function<Asked, String> answer) {
        this.answer = answer;
        current = this;
    }

    @Override
    public synchronized CompletableFuture<PutRecordsResponse> putRecords(PutRecordsRequest request) {
        List<String> texts = request.records().stream().map(FakeKinesis::text).toList();
        requests.add(texts);
        List<PutRecordsResultEntry> answers = new ArrayList<>();
        for (String text : texts) {
            String code;
            try {
                code = answer.apply(new Asked(requests.size(), text));
            } catch (RuntimeException whole) {
                return CompletableFuture.failedFuture(whole);
            }
            if (code == null) {
                accepted.add(text);
            }
            answers.add(PutRecordsResultEntry.builder()
                    .errorCode(code)
                    .errorMessage(code == null ? null : "slow down")
                    .build());
        }
        int failed = (int) answers.stream().filter(one -> one.errorCode() != null).count();
        return CompletableFuture.completedFuture(
                PutRecordsResponse.builder().records(answers).failedRecordCount(failed).build());
    }

    private static String text(PutRecordsRequestEntry entry) {
        return entry.partitionKey() + "=" + entry.data().asUtf8String();
    }

    @Override
    public String serviceName() {
        return SERVICE_NAME;
    }

    @Override
    public void close() {}

    /** A record as it arrives: in which request, counted from 1, and what it says (key=data). */
    record Asked(int request, String text) {}
}
