package aero.kinesis;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kinesis.model.LimitExceededException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;

/** Tells errors that pass from those that stay. */
final class Refusal {
    private Refusal() {}

    /** Returns the error itself, without what futures wrap around it. */
    static Throwable unwrap(Throwable error) {
        boolean wrapped = error instanceof CompletionException || error instanceof ExecutionException;
        return wrapped && error.getCause() != null ? unwrap(error.getCause()) : error;
    }

    /**
     * True for what passes by waiting: throttling, errors of the service, and whatever went wrong on the way to it.
     *
     * <p>A request that the service rejects as such (no stream of that name, no permission, an expired session) is
     * rejected again; failing at once lets the restarted job build a client with fresh credentials.
     */
    static boolean mayPass(Throwable error) {
        if (error instanceof ProvisionedThroughputExceededException || error instanceof LimitExceededException) {
            return true;
        }
        if (error instanceof AwsServiceException answered) {
            return answered.isThrottlingException() || answered.isClockSkewException() || answered.statusCode() >= 500;
        }
        return !(error instanceof IllegalArgumentException) && !(error instanceof NullPointerException);
    }
}
