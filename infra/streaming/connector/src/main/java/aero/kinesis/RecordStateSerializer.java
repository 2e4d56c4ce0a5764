package aero.kinesis;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriterStateSerializer;

/** Writes records that wait in a writer into checkpoints, and reads them back. */
final class RecordStateSerializer extends AsyncSinkWriterStateSerializer<KinesisRecord> {
    @Override
    protected void serializeRequestToStream(KinesisRecord waiting, DataOutputStream out) throws IOException {
        out.writeUTF(waiting.partitionKey());
        out.writeInt(waiting.data().length);
        out.write(waiting.data());
    }

    /** The size that Flink keeps counts the key too, so the length of the data is written beside it. */
    @Override
    protected KinesisRecord deserializeRequestFromStream(long size, DataInputStream in) throws IOException {
        String partitionKey = in.readUTF();
        byte[] data = new byte[in.readInt()];
        in.readFully(data);
        return new KinesisRecord(partitionKey, data);
    }

    @Override
    public int getVersion() {
        return 1;
    }
}
