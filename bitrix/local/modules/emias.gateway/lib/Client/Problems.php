<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

use Emias\Gateway\Client\Exception\AlreadyBooked;
use Emias\Gateway\Client\Exception\EmiasUnavailable;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\Exception\HoldLost;
use Emias\Gateway\Client\Exception\IdentityUnavailable;
use Emias\Gateway\Client\Exception\LimitReached;
use Emias\Gateway\Client\Exception\LoginFailed;
use Emias\Gateway\Client\Exception\NotBooked;
use Emias\Gateway\Client\Exception\NotCancellable;
use Emias\Gateway\Client\Exception\NotFound;
use Emias\Gateway\Client\Exception\PatientRefused;
use Emias\Gateway\Client\Exception\RenewalsExhausted;
use Emias\Gateway\Client\Exception\SlotLost;
use Emias\Gateway\Client\Exception\StillRunning;
use Emias\Gateway\Client\Exception\TicketLost;
use Emias\Gateway\Client\Exception\WrongCall;

/** The one place where a problem code becomes an exception. */
final class Problems
{
    public const CLASSES = [
        'slot_taken' => SlotLost::class,
        'slot_held' => SlotLost::class,
        'hold_expired' => HoldLost::class,
        'hold_not_found' => HoldLost::class,
        'renewals_exhausted' => RenewalsExhausted::class,
        'validation_failed' => PatientRefused::class,
        'patient_rejected' => PatientRefused::class,
        'patient_already_booked' => AlreadyBooked::class,
        'patient_busy' => AlreadyBooked::class,
        'booking_failed' => NotBooked::class,
        'emias_refused' => NotBooked::class,
        'not_cancellable' => NotCancellable::class,
        'doctor_not_found' => NotFound::class,
        'slot_not_found' => NotFound::class,
        'booking_not_found' => NotFound::class,
        'rate_limited' => LimitReached::class,
        'too_many_holds' => LimitReached::class,
        'emias_unavailable' => EmiasUnavailable::class,
        'temporarily_unavailable' => EmiasUnavailable::class,
        'login_expired' => LoginFailed::class,
        'login_mismatch' => LoginFailed::class,
        'login_refused' => LoginFailed::class,
        'login_failed' => LoginFailed::class,
        'ticket_expired' => TicketLost::class,
        'ticket_mismatch' => TicketLost::class,
        'identity_unavailable' => IdentityUnavailable::class,
        'idempotency_in_progress' => StillRunning::class,
        'bad_request' => WrongCall::class,
        'malformed_json' => WrongCall::class,
        'idempotency_key_missing' => WrongCall::class,
        'idempotency_key_reused' => WrongCall::class,
        'unauthorized' => WrongCall::class,
        'scope_missing' => WrongCall::class,
        'not_found' => WrongCall::class,
        'method_not_allowed' => WrongCall::class,
        'body_too_large' => WrongCall::class,
        'body_too_slow' => WrongCall::class,
        'unsupported_media_type' => WrongCall::class,
        'identity_off' => WrongCall::class,
        'internal_error' => WrongCall::class,
    ];

    /** Makes the exception of a problem document; a code that is new to this module is a `WrongCall`. */
    public static function exception(Response $response): ?GatewayException
    {
        $problem = $response->json();
        if (!is_string($problem['code'] ?? null)) {
            return null;
        }
        $class = self::CLASSES[$problem['code']] ?? WrongCall::class;

        return new $class(['status' => $response->status] + $problem, (int) $response->header('Retry-After'));
    }
}
