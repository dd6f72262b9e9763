<?php

declare(strict_types=1);

namespace Tests\Fakes;

final class Clock
{
    public function __construct(public int $now = 1_795_000_000)
    {
    }

    public function __invoke(): int
    {
        return $this->now;
    }
}
