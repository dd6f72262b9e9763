<?php

declare(strict_types=1);

namespace Emias\Gateway\Service;

use Closure;

/** Who asks, without saying who: the gateway sees an HMAC of the session, the page gets passes to its own bookings. */
final class Visitor
{
    /**
     * @param Closure(): string $sessionId
     */
    public function __construct(private readonly string $secret, private readonly Closure $sessionId)
    {
    }

    public function reference(): string
    {
        return $this->sign('visitor');
    }

    /** Makes the pass with which this session may ask for a booking and cancel it. */
    public function pass(string $bookingId): string
    {
        return $this->sign('booking|' . $bookingId);
    }

    public function owns(string $bookingId, string $pass): bool
    {
        return hash_equals($this->pass($bookingId), $pass);
    }

    private function sign(string $what): string
    {
        return hash_hmac('sha256', $what . '|' . ($this->sessionId)(), $this->secret);
    }
}
