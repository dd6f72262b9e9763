<?php

declare(strict_types=1);

namespace Emias\Gateway\Identity;

use Bitrix\Main\Session\SessionInterface;
use Closure;

/**
 * What a visitor's session keeps of their login: logins under way, then the gateway's ticket with masks to show.
 *
 * No number of a person ever comes here. The gateway binds all of it to `reference()`.
 */
final class LoginSession
{
    private const PLACE = 'EMIAS_GATEWAY_IDENTITY';
    private const MOST_UNDER_WAY = 5;
    private const SHOWN = ['display', 'snils_mask', 'has_snils', 'oms', 'source', 'subjects'];

    /**
     * @param Closure(): int $now
     */
    public function __construct(
        private readonly SessionInterface $session,
        private readonly string $secret,
        private readonly Closure $now,
    ) {
    }

    /** Names the session to the gateway: an HMAC that survives a change of the session's id. */
    public function reference(): string
    {
        $kept = $this->kept();
        if (!isset($kept['nonce'])) {
            $kept['nonce'] = bin2hex(random_bytes(16));
            $this->keep($kept);
        }

        return hash_hmac('sha256', 'identity|' . $kept['nonce'], $this->secret);
    }

    /** Remembers a login that goes on elsewhere; the oldest of too many is forgotten. */
    public function begin(string $state, string $loginId, string $path): void
    {
        $kept = $this->kept();
        $underWay = ($kept['logins'] ?? []) + [$state => ['id' => $loginId, 'path' => $path]];
        $kept['logins'] = array_slice($underWay, -self::MOST_UNDER_WAY, null, true);
        $kept['path'] = $path;
        $this->keep($kept);
    }

    /**
     * Takes the login that began with this state; there is none a second time.
     *
     * @return array{id: string, path: string}|null
     */
    public function take(string $state): ?array
    {
        $kept = $this->kept();
        $login = $kept['logins'][$state] ?? null;
        unset($kept['logins'][$state]);
        $this->keep($kept);

        return $login;
    }

    /** Tells the page from which the last login began. */
    public function lastPath(): string
    {
        return (string) ($this->kept()['path'] ?? '/');
    }

    /**
     * @param array<string, mixed> $told what the gateway answered to a login that succeeded
     */
    public function enter(array $told): void
    {
        $this->keep(['person' => $told] + $this->kept());
    }

    /**
     * @return array<string, mixed>|null what may be shown of who has logged in
     */
    public function person(): ?array
    {
        $person = $this->alive();

        return $person === null ? null : array_intersect_key($person, array_flip(self::SHOWN));
    }

    /** Tells the ticket even when it is too old: a booking that was sent with it is asked for with it again. */
    public function ticket(): string
    {
        return (string) ($this->kept()['person']['ticket'] ?? '');
    }

    public function logoutUrl(): string
    {
        return (string) ($this->alive()['logout_url'] ?? '');
    }

    public function forget(): void
    {
        $kept = $this->kept();
        unset($kept['person']);
        $this->keep($kept);
    }

    /** Leaves a word for the page to which the visitor returns. */
    public function tell(string $code, string $reason): void
    {
        $this->keep(['notice' => ['code' => $code, 'reason' => $reason]] + $this->kept());
    }

    /**
     * @return array{code: string, reason: string}|null
     */
    public function takeNotice(): ?array
    {
        $kept = $this->kept();
        $notice = $kept['notice'] ?? null;
        if ($notice !== null) {
            unset($kept['notice']);
            $this->keep($kept);
        }

        return $notice;
    }

    /** Writes the session and lets the visitor's other tabs go on while the gateway is asked. */
    public function close(): void
    {
        $this->session->save();
    }

    /**
     * @return array<string, mixed>|null
     */
    private function alive(): ?array
    {
        $person = $this->kept()['person'] ?? null;
        $ends = strtotime((string) ($person['expires_at'] ?? ''));

        return is_array($person) && $ends > ($this->now)() ? $person : null;
    }

    /**
     * @return array<string, mixed>
     */
    private function kept(): array
    {
        $kept = $this->session->get(self::PLACE);

        return is_array($kept) ? $kept : [];
    }

    /**
     * @param array<string, mixed> $kept
     */
    private function keep(array $kept): void
    {
        $this->session->set(self::PLACE, $kept);
    }
}
