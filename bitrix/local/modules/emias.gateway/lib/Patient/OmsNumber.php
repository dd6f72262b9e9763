<?php

declare(strict_types=1);

namespace Emias\Gateway\Patient;

/** The number of an insurance policy: 16 digits with Luhn's check, 9 of a temporary one, or an old one with a series. */
final class OmsNumber
{
    /** Tells what is wrong: `enp_format`, `enp_checksum`, `oms_format`, or nothing. */
    public static function problem(string $number, string $series = ''): ?string
    {
        $digits = (string) preg_replace('/[- ]/', '', trim($number));
        if (trim($series) !== '') {
            return preg_match('/^\d{6,16}$/D', $digits) ? null : 'oms_format';
        }
        if (preg_match('/^\d{9}$/D', $digits)) {
            return null;
        }
        if (!preg_match('/^\d{16}$/D', $digits)) {
            return 'enp_format';
        }

        return self::luhn($digits) % 10 === 0 ? null : 'enp_checksum';
    }

    private static function luhn(string $digits): int
    {
        $sum = 0;
        foreach (str_split($digits) as $place => $digit) {
            $value = (int) $digit * ($place % 2 === 0 ? 2 : 1);
            $sum += $value > 9 ? $value - 9 : $value;
        }

        return $sum;
    }
}
