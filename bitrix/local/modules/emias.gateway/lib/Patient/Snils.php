<?php

declare(strict_types=1);

namespace Emias\Gateway\Patient;

/** The insurance number of eleven digits with its control number. */
final class Snils
{
    /** Numbers up to this one were given out without a control number. */
    private const LAST_UNCHECKED = 1_001_998;

    /** Tells what is wrong: `snils_format`, `snils_checksum`, or nothing. */
    public static function problem(string $text): ?string
    {
        if (!preg_match('/^\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}$/D', trim($text))) {
            return 'snils_format';
        }
        $digits = (string) preg_replace('/\D/', '', $text);
        $number = (int) substr($digits, 0, 9);
        if ($number === 0) {
            return 'snils_format';
        }

        return $number > self::LAST_UNCHECKED && self::control($digits) !== (int) substr($digits, 9)
            ? 'snils_checksum'
            : null;
    }

    private static function control(string $digits): int
    {
        $sum = 0;
        for ($place = 0; $place < 9; $place++) {
            $sum += (int) $digits[$place] * (9 - $place);
        }

        return $sum % 101 % 100;
    }
}
