package aero.kinesis;

import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;

/** Sends rows to a stream at least once: a checkpoint waits for what is on its way and holds what is not sent yet. */
final class KinesisSink extends AsyncSinkBase<RowData, KinesisRecord> {
    private static final long serialVersionUID = 1L;

    private final StreamAddress stream;
    private final Limits limits;
    private final boolean failOnError;
    private final ClientSupplier client;

    KinesisSink(ElementConverter<RowData, KinesisRecord> converter, StreamAddress stream, Limits limits,
            boolean failOnError) {
        this(converter, stream, limits, failOnError, stream::client);
    }

    /** With a client of one's own, as tests have. */
    KinesisSink(ElementConverter<RowData, KinesisRecord> converter, StreamAddress stream, Limits limits,
            boolean failOnError, ClientSupplier client) {
        super(converter, limits.batchRecords(), limits.requestsInFlight(), limits.recordsBuffered(),
                limits.batchBytes(), limits.bufferMillis(), KinesisRecord.MOST_BYTES);
        this.stream = stream;
        this.limits = limits;
        this.failOnError = failOnError;
        this.client = client;
    }

    @Override
    public StatefulSinkWriter<RowData, BufferedRequestState<KinesisRecord>> createWriter(WriterInitContext context)
            throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<RowData, BufferedRequestState<KinesisRecord>> restoreWriter(
            WriterInitContext context, Collection<BufferedRequestState<KinesisRecord>> states) throws IOException {
        return new KinesisSinkWriter(
                getElementConverter(), context, limits.configuration(), states, stream.arn(), failOnError,
                client.get());
    }

    @Override
    public SimpleVersionedSerializer<BufferedRequestState<KinesisRecord>> getWriterStateSerializer() {
        return new RecordStateSerializer();
    }

    /** Builds a client where the writer runs; a client itself does not travel. */
    @FunctionalInterface
    interface ClientSupplier extends Supplier<KinesisAsyncClient>, Serializable {}
}
