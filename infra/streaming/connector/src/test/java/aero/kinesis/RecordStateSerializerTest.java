package aero.kinesis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.junit.jupiter.api.Test;

class RecordStateSerializerTest {
    @Test
    void whatWaitsComesBackFromACheckpointAsItWas() throws IOException {
        List<KinesisRecord> waiting = List.of(
                new KinesisRecord("MEX-GDL", "{\"a\":1}".getBytes(StandardCharsets.UTF_8)),
                new KinesisRecord("ñandú", new byte[] {0, -1, 127}),
                new KinesisRecord("-", new byte[0]));
        BufferedRequestState<KinesisRecord> state = new BufferedRequestState<>(waiting.stream()
                .map(one -> new RequestEntryWrapper<>(one, one.sizeInBytes()))
                .toList());
        RecordStateSerializer serializer = new RecordStateSerializer();

        BufferedRequestState<KinesisRecord> back =
                serializer.deserialize(serializer.getVersion(), serializer.serialize(state));

        assertEquals(state.getStateSize(), back.getStateSize());
        List<RequestEntryWrapper<KinesisRecord>> entries = back.getBufferedRequestEntries();
        assertEquals(waiting.size(), entries.size());
        for (int i = 0; i < waiting.size(); i++) {
            assertEquals(waiting.get(i).partitionKey(), entries.get(i).getRequestEntry().partitionKey());
            assertArrayEquals(waiting.get(i).data(), entries.get(i).getRequestEntry().data());
        }
    }
}
