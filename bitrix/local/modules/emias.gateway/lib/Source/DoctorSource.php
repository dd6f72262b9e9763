<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

/** Where a site keeps its doctors; items are those of `FeedItem`, ids are positive and grow. */
interface DoctorSource
{
    /**
     * @return list<array<string, mixed>> in the order of ids
     */
    public function after(int $id, int $limit): array;

    /**
     * @return array<string, mixed>|null
     */
    public function one(int $id): ?array;

    /**
     * Tells what changes when a doctor is added, edited or removed between two pages.
     *
     * @return array{total: int, last_id: int, changed_at: string}
     */
    public function print(): array;
}
