package aero.kinesis;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kinesis.model.KinesisException;
import software.amazon.awssdk.services.kinesis.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

class RefusalTest {
    @Test
    void throttlingOutagesAndBrokenConnectionsPass() {
        assertTrue(Refusal.mayPass(
                ProvisionedThroughputExceededException.builder().statusCode(400).build()));
        assertTrue(Refusal.mayPass(KinesisException.builder().statusCode(500).build()));
        assertTrue(Refusal.mayPass(KinesisException.builder().statusCode(503).build()));
        assertTrue(Refusal.mayPass(SdkClientException.create("no route to host", new IOException())));
        assertTrue(Refusal.mayPass(new KinesisSinkException("InternalFailure: try again")));
    }

    @Test
    void whatTheServiceRejectsStaysRejected() {
        assertFalse(Refusal.mayPass(ResourceNotFoundException.builder().statusCode(400).build()));
        assertFalse(Refusal.mayPass(KinesisException.builder().statusCode(403).build()));
        assertFalse(Refusal.mayPass(new IllegalArgumentException("a request that cannot be built")));
    }

    @Test
    void whatFuturesWrapAroundAnErrorIsTakenOff() {
        Throwable real = new IOException("reset");
        assertSame(real, Refusal.unwrap(new CompletionException(new CompletionException(real))));
        assertSame(real, Refusal.unwrap(real));
    }
}
