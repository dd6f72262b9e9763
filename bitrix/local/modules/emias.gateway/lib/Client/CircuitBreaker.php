<?php

declare(strict_types=1);

namespace Emias\Gateway\Client;

use Closure;
use Emias\Gateway\Cache\Shelf;

/**
 * After five failures in a row nobody waits for the network for thirty seconds; then one call tries.
 *
 * The state lives in a cache that is not atomic: two requests may both try, which costs one more wait and no harm.
 */
final class CircuitBreaker
{
    public const FAILURES = 5;
    public const OPEN_SECONDS = 30;
    private const PROBE_SECONDS = 10;
    private const KEPT_SECONDS = 600;
    private const SHELF_ID = 'breaker';

    /**
     * @param Closure(): int $now
     */
    public function __construct(private readonly Shelf $shelf, private readonly Closure $now)
    {
    }

    /** Says whether a call may go out; when the pause is over, the asker becomes the one that tries. */
    public function lets(): bool
    {
        $state = $this->state();
        if ($state['failures'] < self::FAILURES) {
            return true;
        }
        $now = ($this->now)();
        if ($now < $state['until']) {
            return false;
        }
        $this->keep($state['failures'], $now + self::PROBE_SECONDS);

        return true;
    }

    public function succeeded(): void
    {
        if ($this->state()['failures'] > 0) {
            $this->keep(0, 0);
        }
    }

    public function failed(): void
    {
        $failures = $this->state()['failures'] + 1;
        $this->keep($failures, $failures < self::FAILURES ? 0 : ($this->now)() + self::OPEN_SECONDS);
    }

    public function isOpen(): bool
    {
        $state = $this->state();

        return $state['failures'] >= self::FAILURES && ($this->now)() < $state['until'];
    }

    /**
     * @return array{failures: int, until: int}
     */
    private function state(): array
    {
        $kept = $this->shelf->read(self::SHELF_ID, self::KEPT_SECONDS) ?? [];

        return ['failures' => (int) ($kept['failures'] ?? 0), 'until' => (int) ($kept['until'] ?? 0)];
    }

    private function keep(int $failures, int $until): void
    {
        $this->shelf->write(self::SHELF_ID, ['failures' => $failures, 'until' => $until], self::KEPT_SECONDS);
    }
}
