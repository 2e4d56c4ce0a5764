/**
 * A Kinesis sink for Flink SQL: {@code 'connector' = 'kinesis'}, at least once, on Flink's {@code AsyncSinkBase}.
 *
 * <p>Options have the names of the official connector, so the SQL stays the same where that one is used instead. What
 * differs: it only writes, credentials come from the SDK's default chain, and refused records wait before they are sent
 * again.
 *
 * <p>From SQL to the wire: {@link aero.kinesis.KinesisSinkFactory} reads the options, {@link
 * aero.kinesis.KinesisTableSink} is what the planner sees, {@link aero.kinesis.KinesisSink} starts the writers, {@link
 * aero.kinesis.RowConverter} makes a {@link aero.kinesis.KinesisRecord} of each row, and {@link
 * aero.kinesis.KinesisSinkWriter} sends them in batches.
 */
package aero.kinesis;
