<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

/** One doctor as the feed tells it. */
final class FeedItem
{
    private const WRITTEN = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS
        | JSON_THROW_ON_ERROR;
    private const NOT_HASHED = ['updated_at' => true, 'hash' => true];

    /**
     * @param list<string> $lpuCodes paired with `$emiasIds` by place
     * @param list<string> $emiasIds
     * @param array{id: string, name: string}|null $specialty
     * @return array<string, mixed>
     */
    public static function make(
        int $id,
        ?string $xmlId,
        string $name,
        bool $active,
        ?array $specialty,
        array $lpuCodes,
        array $emiasIds,
        int $sort,
        string $updatedAt,
    ): array {
        $content = [
            'id' => $id,
            'xml_id' => $xmlId,
            'name' => trim($name),
            'active' => $active,
            'specialty' => $specialty,
            'mappings' => self::mappings($lpuCodes, $emiasIds),
            'sort' => $sort,
        ];

        return $content + ['updated_at' => $updatedAt, 'hash' => self::hash($content)];
    }

    /**
     * Digests what an item says; the order of its fields and the time of the edit do not count.
     *
     * @param array<string, mixed> $item
     */
    public static function hash(array $item): string
    {
        $content = self::ordered(array_diff_key($item, self::NOT_HASHED));

        return hash('sha256', json_encode($content, self::WRITTEN));
    }

    /** Tells whether something is in force now: switched on, and within its dates. */
    public static function isActive(bool $on, ?int $from, ?int $to, int $now): bool
    {
        return $on && ($from === null || $from <= $now) && ($to === null || $now <= $to);
    }

    /**
     * @param list<string> $lpuCodes
     * @param list<string> $emiasIds
     * @return list<array{lpu_code: string, emias_doctor_id: string}>
     */
    private static function mappings(array $lpuCodes, array $emiasIds): array
    {
        $mappings = [];
        for ($place = 0; $place < max(count($lpuCodes), count($emiasIds)); $place++) {
            $mapping = [
                'lpu_code' => trim($lpuCodes[$place] ?? ''),
                'emias_doctor_id' => trim($emiasIds[$place] ?? ''),
            ];
            if (implode('', $mapping) !== '') {
                $mappings[] = $mapping;
            }
        }

        return $mappings;
    }

    private static function ordered(mixed $value): mixed
    {
        if (!is_array($value)) {
            return $value;
        }
        if (!array_is_list($value)) {
            ksort($value, SORT_STRING);
        }

        return array_map(self::ordered(...), $value);
    }
}
