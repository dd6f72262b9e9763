<?php

declare(strict_types=1);

namespace Emias\Gateway\Cache;

/** Keeps small arrays between requests; never a personal one. */
interface Shelf
{
    /**
     * @return array<mixed>|null null when there is nothing younger than `$seconds`
     */
    public function read(string $id, int $seconds): ?array;

    /**
     * @param array<mixed> $value
     */
    public function write(string $id, array $value, int $seconds): void;
}
