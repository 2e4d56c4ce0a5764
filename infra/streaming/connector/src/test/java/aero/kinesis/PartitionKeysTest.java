package aero.kinesis;

import static aero.kinesis.Rows.keys;
import static aero.kinesis.Rows.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PartitionKeysTest {
    @Test
    void aKeyIsThePartitionColumnsInTheirOrder() {
        assertEquals("MEX-GDL", keys("|", 0).of(row("MEX-GDL", 7, "x")));
        assertEquals("MEX-GDL|7", keys("|", 0, 1).of(row("MEX-GDL", 7, "x")));
        assertEquals("7#MEX-GDL", keys("#", 1, 0).of(row("MEX-GDL", 7, "x")));
    }

    @Test
    void aMissingValueIsAValueToo() {
        assertEquals("MEX-GDL|null", keys("|", 0, 1).of(row("MEX-GDL", null, "x")));
    }

    @Test
    void withoutPartitionColumnsKeysSpread() {
        assertNotEquals(keys("|").of(row("a", 1, "x")), keys("|").of(row("a", 1, "x")));
    }

    @Test
    void anEmptyKeyIsReplacedBecauseTheStreamTakesNone() {
        assertEquals("-", keys("|", 0).of(row("", 1, "x")));
    }

    @Test
    void aKeyOfTheMostCharactersStaysAsItIs() {
        String most = "k".repeat(PartitionKeys.MOST_CHARACTERS);
        assertEquals(most, PartitionKeys.fitting(most));
    }

    @Test
    void keysThatAreTooLongAreCutAndStayDifferent() {
        String longKey = "k".repeat(PartitionKeys.MOST_CHARACTERS);
        String one = PartitionKeys.fitting(longKey + "1");
        String other = PartitionKeys.fitting(longKey + "2");
        assertEquals(PartitionKeys.MOST_CHARACTERS, one.length());
        assertNotEquals(one, other);
        assertEquals(one, PartitionKeys.fitting(longKey + "1"));
    }

    @Test
    void aCutNeverSplitsACharacter() {
        // Two positions each, so the cut falls into the middle of one.
        String cut = PartitionKeys.fitting("x" + "✈️🛫".repeat(100));
        byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
        assertEquals(cut, new String(bytes, StandardCharsets.UTF_8));
        for (int offset = 0; offset < 4; offset++) {
            String shifted = PartitionKeys.fitting("x".repeat(offset) + "🛫".repeat(200));
            assertTrue(shifted.length() <= PartitionKeys.MOST_CHARACTERS);
            assertEquals(shifted, new String(shifted.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        }
    }
}
