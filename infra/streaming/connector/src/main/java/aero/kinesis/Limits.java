package aero.kinesis;

import java.io.Serializable;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.table.api.ValidationException;

/** How much a writer sends at once, keeps waiting, and for how long. */
record Limits(int batchRecords, long batchBytes, int requestsInFlight, int recordsBuffered, long bufferMillis)
        implements Serializable {
    /** What one PutRecords takes. */
    static final int MOST_RECORDS = 500;

    static final long MOST_BYTES = 5L << 20;

    /** As the official connector has them. */
    static final Limits DEFAULT = new Limits(MOST_RECORDS, MOST_BYTES, 50, 10_000, 5_000);

    Limits {
        if (batchRecords < 1 || batchRecords > MOST_RECORDS) {
            throw new ValidationException("sink.batch.max-size is " + batchRecords + "; it must be 1 to "
                    + MOST_RECORDS + ", what one PutRecords takes.");
        }
        if (batchBytes < KinesisRecord.MOST_BYTES || batchBytes > MOST_BYTES) {
            throw new ValidationException("sink.flush-buffer.size is " + batchBytes + "; it must be "
                    + KinesisRecord.MOST_BYTES + " (one record) to " + MOST_BYTES + " (one PutRecords).");
        }
        if (recordsBuffered <= batchRecords) {
            throw new ValidationException("sink.requests.max-buffered is " + recordsBuffered
                    + "; it must be more than a batch (" + batchRecords + ").");
        }
        if (requestsInFlight < 1 || bufferMillis < 1) {
            throw new ValidationException(
                    "sink.requests.max-inflight and sink.flush-buffer.timeout must be at least 1.");
        }
    }

    AsyncSinkWriterConfiguration configuration() {
        return AsyncSinkWriterConfiguration.builder()
                .setMaxBatchSize(batchRecords)
                .setMaxBatchSizeInBytes(batchBytes)
                .setMaxInFlightRequests(requestsInFlight)
                .setMaxBufferedRequests(recordsBuffered)
                .setMaxTimeInBufferMS(bufferMillis)
                .setMaxRecordSizeInBytes(KinesisRecord.MOST_BYTES)
                .build();
    }
}
