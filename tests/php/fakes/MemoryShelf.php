<?php

declare(strict_types=1);

namespace Tests\Fakes;

use Emias\Gateway\Cache\Shelf;

final class MemoryShelf implements Shelf
{
    /** @var array<string, array<mixed>> */
    public array $kept = [];

    public function read(string $id, int $seconds): ?array
    {
        return $this->kept[$id] ?? null;
    }

    public function write(string $id, array $value, int $seconds): void
    {
        $this->kept[$id] = $value;
    }
}
