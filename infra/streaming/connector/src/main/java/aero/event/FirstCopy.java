package aero.event;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Lets the first copy of each row of a partition through, and no other: {@code FROM first_copy(TABLE t PARTITION BY id)}.
 *
 * <p>{@code ROW_NUMBER() = 1} says the same, but with mini-batches its output is an updating table, and everything after
 * it pays for retractions that never come. This is append-only whatever the configuration. What was seen is forgotten
 * after the time in {@code ttl}; a copy that comes later than that counts again.
 */
@FunctionHint(output = @DataTypeHint("ROW<copy_number INT>"))
public final class FirstCopy extends ProcessTableFunction<Row> {
    private static final long serialVersionUID = 1L;

    /** What is remembered of a partition. */
    public static final class Seen {
        public boolean once = false;
    }

    public void eval(
            @StateHint(ttl = "5 days") Seen seen,
            @ArgumentHint({ArgumentTrait.SET_SEMANTIC_TABLE, ArgumentTrait.PASS_COLUMNS_THROUGH}) Row input) {
        if (!seen.once) {
            seen.once = true;
            collect(Row.of(1));
        }
    }
}
