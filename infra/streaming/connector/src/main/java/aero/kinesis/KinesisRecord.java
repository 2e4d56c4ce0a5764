package aero.kinesis;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/** One record on its way to the stream: its partition key and its bytes. */
record KinesisRecord(String partitionKey, byte[] data) implements Serializable {
    /** What Kinesis takes at most, partition key included. */
    static final int MOST_BYTES = 1 << 20;

    /** Size as Kinesis counts it: key and data together. */
    long sizeInBytes() {
        return data.length + (long) partitionKey.getBytes(StandardCharsets.UTF_8).length;
    }
}
