package aero.kinesis;

import static aero.kinesis.Rows.converter;
import static aero.kinesis.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RowConverterTest {
    @Test
    void aRecordIsWhatTheFormatWritesUnderTheKeyOfItsRow() {
        KinesisRecord made = converter(0).apply(row("MEX-GDL", 7, "señal"), null);
        assertEquals("MEX-GDL", made.partitionKey());
        assertEquals("señal", new String(made.data(), StandardCharsets.UTF_8));
        assertEquals("MEX-GDL".length() + 6, made.sizeInBytes());
    }

    @Test
    void aRecordOfTheMostBytesPasses() {
        String text = "x".repeat(KinesisRecord.MOST_BYTES - "MEX-GDL".length());
        assertEquals(KinesisRecord.MOST_BYTES, converter(0).apply(row("MEX-GDL", 7, text), null).sizeInBytes());
    }

    @Test
    void aRecordThatIsTooBigIsRefusedByNameAndSize() {
        String text = "x".repeat(KinesisRecord.MOST_BYTES - "MEX-GDL".length() + 1);
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> converter(0).apply(row("MEX-GDL", 7, text), null));
        assertTrue(refused.getMessage().contains("'MEX-GDL' has 1,048,577 bytes"), refused.getMessage());
    }
}
