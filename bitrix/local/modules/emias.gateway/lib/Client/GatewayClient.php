<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\Exception\GatewayUnavailable;
use Emias\Gateway\Client\Exception\OutcomeUnknown;

/**
 * The gateway's `/v1` as methods; each returns the decoded answer or throws a `GatewayException`.
 *
 * Only reads are sent a second time. A booking or a cancel whose answer is lost is `OutcomeUnknown`: the caller asks
 * again with the same idempotency key and the same body.
 */
final class GatewayClient
{
    private const READ_SECONDS = 5;
    private const HOLD_SECONDS = 8;
    private const BOOK_SECONDS = 25;
    private const READ_ATTEMPTS = 2;
    private const BROKEN_FROM = 500;

    public function __construct(
        private readonly Transport $transport,
        private readonly CircuitBreaker $breaker,
        private readonly string $address,
        private readonly string $key,
        private readonly string $language,
        private readonly string $clientRef = '',
    ) {
    }

    /** Names the visitor for the limits: an opaque text of at most 128 characters. */
    public function onBehalfOf(string $clientRef): self
    {
        return new self(
            $this->transport,
            $this->breaker,
            $this->address,
            $this->key,
            $this->language,
            $clientRef,
        );
    }

    /**
     * @return list<array<string, mixed>>
     */
    public function specialties(): array
    {
        return array_values($this->read('specialties'));
    }

    /**
     * Lists every doctor, of one specialty when it is given.
     *
     * @return list<array<string, mixed>>
     */
    public function doctors(string $specialty = ''): array
    {
        $found = [];
        $cursor = '';
        do {
            $page = $this->read('doctors', ['specialty' => $specialty, 'limit' => '200', 'cursor' => $cursor]);
            array_push($found, ...array_values((array) ($page['items'] ?? [])));
            $cursor = (string) ($page['next_cursor'] ?? '');
        } while ($cursor !== '');

        return $found;
    }

    /**
     * @param string $from a day as YYYY-MM-DD, as is `$to`
     * @return array<string, mixed>
     */
    public function slots(string $doctorId, string $from = '', string $to = ''): array
    {
        return $this->read('doctors/' . rawurlencode($doctorId) . '/slots', ['from' => $from, 'to' => $to]);
    }

    /**
     * @return array<string, mixed>
     */
    public function status(): array
    {
        return $this->read('status');
    }

    /**
     * @return array<string, mixed>
     */
    public function hold(string $slotId, string $doctorId = ''): array
    {
        return $this->change('POST', 'holds', array_filter(['slot_id' => $slotId, 'doctor_id' => $doctorId]));
    }

    /**
     * @return array<string, mixed>
     */
    public function renew(string $holdId): array
    {
        return $this->change('POST', 'holds/' . rawurlencode($holdId) . '/renew', []);
    }

    public function release(string $holdId): void
    {
        $this->change('DELETE', 'holds/' . rawurlencode($holdId), null);
    }

    /**
     * Sends the form; an answer in the state `in_doubt` is not an error.
     *
     * @param array<string, mixed> $body `hold_id`; `patient` or `identity_ticket` with its `session_ref`; `referral`
     * @return array<string, mixed>
     */
    public function book(array $body, string $idempotencyKey): array
    {
        return $this->change('POST', 'bookings', $body, $idempotencyKey, self::BOOK_SECONDS);
    }

    /**
     * @return array<string, mixed>
     */
    public function booking(string $bookingId): array
    {
        return $this->read('bookings/' . rawurlencode($bookingId));
    }

    /**
     * @return array<string, mixed>
     */
    public function cancel(string $bookingId, string $reason, string $idempotencyKey): array
    {
        $path = 'bookings/' . rawurlencode($bookingId) . '/cancel';

        return $this->change('POST', $path, ['reason' => $reason], $idempotencyKey, self::BOOK_SECONDS);
    }

    /**
     * @return array<string, mixed>
     */
    public function lookUp(string $ticket, string $birthDate): array
    {
        return $this->change('POST', 'bookings/lookup', ['ticket' => $ticket, 'birth_date' => $birthDate]);
    }

    /**
     * @return array<string, mixed> `provider` and `enabled`
     */
    public function identity(): array
    {
        return $this->read('identity');
    }

    /**
     * @return array<string, mixed> `login_id`, `authorize_url` and `expires_at`
     */
    public function startLogin(string $sessionRef, string $returnPath): array
    {
        $body = ['session_ref' => $sessionRef, 'return_path' => $returnPath];

        return $this->change('POST', 'identity/logins', $body);
    }

    /**
     * Spends the code that ESIA gave; never sent twice.
     *
     * @return array<string, mixed> the ticket, and masks of whom it is for
     */
    public function completeLogin(string $loginId, string $code, string $state, string $sessionRef): array
    {
        $path = 'identity/logins/' . rawurlencode($loginId) . '/complete';
        $body = ['code' => $code, 'state' => $state, 'session_ref' => $sessionRef];

        return $this->change('POST', $path, $body, '', self::BOOK_SECONDS);
    }

    /**
     * @param array<string, string> $body `error`, `state`, `session_ref`, and `error_description` where there is one
     * @return array<string, mixed> `reason` and `return_path`
     */
    public function failLogin(string $loginId, array $body): array
    {
        return $this->change('POST', 'identity/logins/' . rawurlencode($loginId) . '/fail', $body);
    }

    public function revokeTicket(string $ticket): void
    {
        $this->change('DELETE', 'identity/tickets/' . rawurlencode($ticket), null);
    }

    /**
     * Tells the gateway which elements changed; it reads them anew by itself.
     *
     * @param list<array{uuid: string, element_id: string, kind: string}> $events at most 100
     */
    public function pushEvents(array $events): void
    {
        $this->change('POST', 'bitrix/events', ['events' => $events]);
    }

    /**
     * @param array<string, string> $query empty values are left out
     * @return array<mixed>
     */
    private function read(string $path, array $query = []): array
    {
        $given = http_build_query(array_filter($query, static fn (string $value): bool => $value !== ''));
        $request = $this->request('GET', $path . ($given === '' ? '' : '?' . $given), null, '', self::READ_SECONDS);
        for ($attempt = 1;; $attempt++) {
            try {
                return $this->answer($this->send($request));
            } catch (TransportFailure $failure) {
                if ($attempt === self::READ_ATTEMPTS) {
                    throw $this->unavailable($failure->reason);
                }
            }
        }
    }

    /**
     * @param array<string, mixed>|null $body
     * @return array<mixed>
     */
    private function change(
        string $method,
        string $path,
        ?array $body,
        string $idempotencyKey = '',
        int $seconds = self::HOLD_SECONDS,
    ): array {
        $written = $body === null ? null : json_encode(
            (object) $body,
            JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR,
        );
        try {
            $response = $this->send($this->request($method, $path, $written, $idempotencyKey, $seconds));
            if ($idempotencyKey !== '' && $this->isUntold($response)) {
                throw new OutcomeUnknown(['code' => 'outcome_unknown', 'status' => $response->status]);
            }

            return $this->answer($response);
        } catch (TransportFailure $failure) {
            throw $idempotencyKey === '' || $failure->neverSent
                ? $this->unavailable($failure->reason)
                : new OutcomeUnknown(['code' => 'outcome_unknown', 'reason' => $failure->reason]);
        }
    }

    private function request(
        string $method,
        string $path,
        ?string $body,
        string $idempotencyKey,
        int $seconds,
    ): Request {
        $headers = [
            'Accept' => 'application/json',
            'Accept-Language' => $this->language,
            'Authorization' => 'Bearer ' . $this->key,
            'X-Client-Ref' => $this->clientRef,
            'Idempotency-Key' => $idempotencyKey,
            'Content-Type' => $body === null ? '' : 'application/json',
        ];

        return new Request(
            $method,
            rtrim($this->address, '/') . '/v1/' . $path,
            array_filter($headers, static fn (string $value): bool => $value !== ''),
            $body,
            $seconds,
        );
    }

    private function send(Request $request): Response
    {
        if ($this->address === '' || $this->key === '') {
            throw new GatewayUnavailable(['code' => 'site_not_configured']);
        }
        if (!$this->breaker->lets()) {
            throw $this->unavailable('breaker_open');
        }
        try {
            $response = $this->transport->send($request);
        } catch (TransportFailure $failure) {
            $this->breaker->failed();
            throw $failure;
        }
        // A problem document proves that the gateway lives; a bare 502 comes from what stands before it.
        if ($response->status >= self::BROKEN_FROM && Problems::exception($response) === null) {
            $this->breaker->failed();
        } else {
            $this->breaker->succeeded();
        }

        return $response;
    }

    /**
     * @return array<mixed>
     */
    private function answer(Response $response): array
    {
        if ($response->status === 204) {
            return [];
        }
        $decoded = $response->json();
        if ($response->status >= 200 && $response->status < 300 && $decoded !== null) {
            $after = (int) $response->header('Retry-After');

            return $after > 0 ? $decoded + ['retry_after' => $after] : $decoded;
        }
        throw Problems::exception($response) ?? $this->unavailable('http_' . $response->status);
    }

    /** Tells an answer from which nobody knows whether EMIAS was asked. */
    private function isUntold(Response $response): bool
    {
        if ($response->status >= 200 && $response->status < 300) {
            return $response->json() === null;
        }
        $problem = Problems::exception($response);

        return $response->status >= self::BROKEN_FROM
            && ($problem === null || $problem->problemCode === 'internal_error');
    }

    private function unavailable(string $reason): GatewayException
    {
        return new GatewayUnavailable(['code' => 'gateway_unavailable', 'reason' => $reason]);
    }
}
