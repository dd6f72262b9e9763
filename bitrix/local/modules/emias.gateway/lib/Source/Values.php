<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

/** Values of properties and user fields: a scalar, a list, or nothing in one of several spellings. */
final class Values
{
    /**
     * @return list<string>
     */
    public static function texts(mixed $value): array
    {
        $list = is_array($value) ? array_values($value) : [$value];

        return array_values(array_filter(
            array_map(static fn (mixed $one): string => is_scalar($one) ? trim((string) $one) : '', $list),
            static fn (string $text): bool => $text !== '' && $text !== 'false',
        ));
    }

    public static function isOn(mixed $value): bool
    {
        return in_array($value, [true, 1, '1', 'Y'], true);
    }
}
