<?php

declare(strict_types=1);

namespace Emias\Gateway\Client\Exception;

use RuntimeException;

/**
 * What the gateway, or the way to it, answered instead of success; `problemCode` is stable.
 *
 *     GatewayException
 *     ├── GatewayUnavailable      no answer, the breaker is open, or the module is not set up: surely nothing happened
 *     ├── OutcomeUnknown          the answer to a booking or a cancel was lost: ask again with the same key
 *     └── Refused                 the gateway said no
 *         ├── SlotLost            slot_taken, slot_held: alternatives
 *         ├── HoldLost            hold_expired, hold_not_found
 *         ├── RenewalsExhausted
 *         ├── PatientRefused      validation_failed, patient_rejected: errors by field
 *         ├── AlreadyBooked       patient_already_booked, patient_busy
 *         ├── NotBooked           booking_failed, emias_refused: a new choice is needed
 *         ├── NotCancellable
 *         ├── NotFound            doctor_not_found, slot_not_found, booking_not_found
 *         ├── LimitReached        rate_limited, too_many_holds: retryAfter
 *         ├── EmiasUnavailable    emias_unavailable, temporarily_unavailable: retryAfter, nothing was sent
 *         ├── StillRunning        idempotency_in_progress: retryAfter
 *         └── WrongCall           a mistake of the site: key, scope, request; for its administrator
 */
abstract class GatewayException extends RuntimeException
{
    public readonly string $problemCode;
    public readonly string $reason;
    public readonly string $requestId;
    public readonly int $status;
    /** Seconds; 0 when nothing was said. */
    public readonly int $retryAfter;
    /** @var list<array<string, mixed>> */
    public readonly array $alternatives;
    /** @var list<array<string, mixed>> */
    public readonly array $errors;

    /**
     * @param array<string, mixed> $problem a problem document, possibly partial
     */
    public function __construct(array $problem, int $retryAfter = 0)
    {
        $this->problemCode = self::text($problem, 'code');
        $this->reason = self::text($problem, 'reason');
        $this->requestId = self::text($problem, 'request_id');
        $this->status = is_int($problem['status'] ?? null) ? $problem['status'] : 0;
        $this->retryAfter = is_int($problem['retry_after'] ?? null) ? $problem['retry_after'] : $retryAfter;
        $this->alternatives = self::rows($problem, 'alternatives');
        $this->errors = self::rows($problem, 'errors');
        parent::__construct(self::text($problem, 'detail') ?: $this->problemCode);
    }

    /**
     * @param array<string, mixed> $problem
     */
    private static function text(array $problem, string $name): string
    {
        return is_string($problem[$name] ?? null) ? $problem[$name] : '';
    }

    /**
     * @param array<string, mixed> $problem
     * @return list<array<string, mixed>>
     */
    private static function rows(array $problem, string $name): array
    {
        return is_array($problem[$name] ?? null) ? array_values(array_filter($problem[$name], 'is_array')) : [];
    }
}
