<?php

declare(strict_types=1);

namespace Emias\Gateway\Identity;

use Emias\Gateway\Cache\Shelf;
use Emias\Gateway\Client\Exception\GatewayException;
use Emias\Gateway\Client\Exception\GatewayUnavailable;
use Emias\Gateway\Client\Exception\WrongCall;
use Emias\Gateway\Client\GatewayClient;

/** A login by Gosuslugi from the button to the return: the gateway speaks to ESIA, the site carries code and state. */
final class Login
{
    public const RETURNED = 'emias_login=1';
    private const OFFER_SECONDS = 300;
    private const LONGEST_PATH = 512;
    /** The callback's parameters and how long each may be. */
    private const GIVEN = ['state' => 128, 'code' => 4096, 'error' => 200, 'error_description' => 1000];
    private const REFUSALS = ['person_refused', 'account_not_confirmed'];

    public function __construct(
        private readonly GatewayClient $client,
        private readonly LoginSession $session,
        private readonly Shelf $shelf,
    ) {
    }

    /** Tells whether the gateway offers a login; while it is silent, no. */
    public function isOffered(): bool
    {
        $known = $this->shelf->read('identity', self::OFFER_SECONDS);
        if ($known === null) {
            try {
                $known = ['enabled' => ($this->client->identity()['enabled'] ?? false) === true];
            } catch (WrongCall) {
                // An older gateway, or a key without the scope `identity`.
                $known = ['enabled' => false];
            } catch (GatewayException) {
                return false;
            }
            $this->shelf->write('identity', $known, self::OFFER_SECONDS);
        }

        return $known['enabled'] === true;
    }

    /** Begins a login that returns to a page of this site, and tells where the browser goes. */
    public function start(string $path): string
    {
        $path = self::isPath($path) ? $path : '/';
        $reference = $this->session->reference();
        $begun = $this->client->startLogin($reference, $path);
        $address = (string) ($begun['authorize_url'] ?? '');
        parse_str((string) parse_url($address, PHP_URL_QUERY), $query);
        $state = $query['state'] ?? null;
        if (!preg_match('~^https?://~i', $address) || !is_string($state)) {
            throw new GatewayUnavailable(['code' => 'identity_unavailable', 'reason' => 'authorize_url']);
        }
        $this->session->begin($state, (string) ($begun['login_id'] ?? ''), $path);

        return $address;
    }

    /**
     * Ends a login with what ESIA sent along, and tells the page to return to.
     *
     * @param array<mixed> $query the callback's parameters
     */
    public function finish(array $query): string
    {
        // The gateway takes printable text alone, and a reason in another encoding must not cost the visitor the page.
        $printable = static fn (string $text): string
            => (string) preg_replace('~[\p{C}\p{Z}]+~u', ' ', mb_scrub($text, 'UTF-8'));
        $given = static fn (string $name): string => is_string($query[$name] ?? null)
            ? mb_substr($printable($query[$name]), 0, self::GIVEN[$name])
            : '';
        $state = $given('state');
        $login = $this->session->take($state);
        if ($login === null) {
            $this->session->tell('login_expired', '');

            return self::returned($this->session->lastPath());
        }
        try {
            $told = $given('code') === ''
                ? $this->refused($login['id'], $state, $given('error'), $given('error_description'))
                : $this->entered($login['id'], $state, $given('code'));
        } catch (GatewayException $refusal) {
            $this->session->tell($refusal->problemCode, $refusal->reason);

            return self::returned($login['path']);
        }
        $path = (string) ($told['return_path'] ?? '');

        return self::returned(self::isPath($path) ? $path : $login['path']);
    }

    /** Revokes the ticket; tells where ESIA's own login can be ended, or an empty text. */
    public function leave(): string
    {
        $ticket = $this->session->ticket();
        $address = $this->session->logoutUrl();
        $this->session->forget();
        if ($ticket !== '') {
            $this->client->revokeTicket($ticket);
        }

        return preg_match('~^https?://~i', $address) ? $address : '';
    }

    /**
     * @return array<string, mixed>
     */
    private function entered(string $loginId, string $state, string $code): array
    {
        $told = $this->client->completeLogin($loginId, $code, $state, $this->session->reference());
        $this->session->enter($told);

        return $told;
    }

    /**
     * @return array<string, mixed>
     */
    private function refused(string $loginId, string $state, string $error, string $description): array
    {
        $told = $this->client->failLogin($loginId, array_filter([
            'error' => $error === '' ? 'no_code' : $error,
            'error_description' => $description,
            'state' => $state,
            'session_ref' => $this->session->reference(),
        ]));
        $reason = (string) ($told['reason'] ?? '');
        $this->session->tell(in_array($reason, self::REFUSALS, true) ? 'login_refused' : 'login_failed', $reason);

        return $told;
    }

    /** Lets through a path of this site alone: an address elsewhere would make the callback an open redirect. */
    private static function isPath(string $given): bool
    {
        return strlen($given) <= self::LONGEST_PATH && preg_match('~^/(?![/\\\\])[^\\\\\x00-\x20\x7f]*$~D', $given) === 1;
    }

    private static function returned(string $path): string
    {
        return $path . (str_contains($path, '?') ? '&' : '?') . self::RETURNED;
    }
}
