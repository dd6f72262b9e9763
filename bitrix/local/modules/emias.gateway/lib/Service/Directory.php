<?php

declare(strict_types=1);

namespace Emias\Gateway\Service;

use Closure;
use DateTimeImmutable;
use DateTimeZone;
use Emias\Gateway\Cache\Shelf;
use Emias\Gateway\Client\Exception\EmiasUnavailable;
use Emias\Gateway\Client\Exception\GatewayUnavailable;
use Emias\Gateway\Client\GatewayClient;

/**
 * What can be booked, from the gateway or, while that is silent, from the last good copy with its time.
 *
 * Each answer is `{items, fetched_at, degraded}`; a degraded one must not offer to book.
 */
final class Directory
{
    private const DIRECTORY_SECONDS = 86_400;
    /** An old schedule misleads: after fifteen minutes nothing is shown instead. */
    private const SLOTS_SECONDS = 900;
    private const STATUS_SECONDS = 15;
    private const LONGEST_HORIZON = 60;

    /**
     * @param Closure(): int $now
     */
    public function __construct(
        private readonly GatewayClient $client,
        private readonly Shelf $shelf,
        private readonly Closure $now,
        private readonly string $language,
    ) {
    }

    /**
     * @return array<string, mixed>
     */
    public function specialties(): array
    {
        $found = $this->fresh('specialties', self::DIRECTORY_SECONDS, fn (): array => $this->client->specialties());

        return $found + ['emias' => $found['degraded'] ? 'unknown' : $this->emias()];
    }

    /**
     * @return array<string, mixed>
     */
    public function doctors(string $specialty): array
    {
        return $this->fresh(
            'doctors_' . $specialty,
            self::DIRECTORY_SECONDS,
            fn (): array => $this->client->doctors($specialty),
        );
    }

    /**
     * Lists the free slots of the coming days; `items` are days.
     *
     * @return array<string, mixed> also `stale` and `as_of`, when EMIAS last told them
     */
    public function slots(string $doctorId, int $days): array
    {
        $today = (new DateTimeImmutable('@' . ($this->now)()))->setTimezone(new DateTimeZone('Europe/Moscow'));
        $last = $today->modify('+' . max(1, min($days, self::LONGEST_HORIZON)) . ' days');
        $found = $this->fresh(
            'slots_' . $doctorId . '_' . $days,
            self::SLOTS_SECONDS,
            fn (): array => $this->client->slots($doctorId, $today->format('Y-m-d'), $last->format('Y-m-d')),
        );
        $schedule = $found['items'];

        return ['items' => array_values((array) ($schedule['days'] ?? []))] + $found + [
            'stale' => (bool) ($schedule['stale'] ?? true),
            'as_of' => $schedule['as_of'] ?? null,
        ];
    }

    /**
     * @param Closure(): array<mixed> $ask
     * @return array{items: array<mixed>, fetched_at: int, degraded: bool}
     */
    private function fresh(string $id, int $seconds, Closure $ask): array
    {
        $id = $this->language . '_' . md5($id);
        try {
            $answer = ['items' => $ask(), 'fetched_at' => ($this->now)()];
            $this->shelf->write($id, $answer, $seconds);

            return $answer + ['degraded' => false];
        } catch (GatewayUnavailable | EmiasUnavailable $silence) {
            $kept = $this->shelf->read($id, $seconds);
            $isYoung = $kept !== null && ($this->now)() - (int) $kept['fetched_at'] <= $seconds;
            if (!$isYoung) {
                throw $silence;
            }

            return ['items' => (array) $kept['items'], 'fetched_at' => (int) $kept['fetched_at'], 'degraded' => true];
        }
    }

    private function emias(): string
    {
        $kept = $this->shelf->read('status', self::STATUS_SECONDS);
        if ($kept === null) {
            try {
                $kept = ['emias' => (string) ($this->client->status()['emias'] ?? 'unknown')];
            } catch (GatewayUnavailable | EmiasUnavailable) {
                return 'unknown';
            }
            $this->shelf->write('status', $kept, self::STATUS_SECONDS);
        }

        return (string) $kept['emias'];
    }
}
