<?php

declare(strict_types=1);

namespace Emias\Gateway\Patient;

/** What the visitor typed, as the gateway wants it; known fields only, nothing is kept anywhere. */
final class PatientForm
{
    private const NEEDED = ['last_name', 'first_name', 'birth_date', 'snils', 'oms_number'];
    private const OPTIONAL = ['middle_name', 'oms_series'];
    private const LONGEST = 200;

    /** @var array<string, string> */
    private array $values = [];

    /**
     * @param array<mixed> $given
     */
    public function __construct(array $given)
    {
        foreach ([...self::NEEDED, ...self::OPTIONAL] as $name) {
            $value = $given[$name] ?? '';
            $this->values[$name] = is_string($value) ? trim($value) : '';
        }
    }

    /**
     * Names every wrong field; the gateway checks the rest (names, birth date) by the same codes.
     *
     * @return list<array{field: string, code: string, message: string}>
     */
    public function errors(): array
    {
        $codes = [];
        foreach ($this->values as $name => $value) {
            if ($value === '' && in_array($name, self::NEEDED, true)) {
                $codes[$name] = 'required';
            } elseif (mb_strlen($value) > self::LONGEST) {
                $codes[$name] = 'too_long';
            }
        }
        $codes += array_filter([
            'snils' => Snils::problem($this->values['snils']),
            'oms_number' => OmsNumber::problem($this->values['oms_number'], $this->values['oms_series']),
        ]);
        $errors = [];
        foreach ($codes as $name => $code) {
            $errors[] = FieldError::of(self::path($name), $code);
        }

        return $errors;
    }

    /**
     * @return array<string, mixed> the gateway's `patient`; absent values are left out
     */
    public function patient(): array
    {
        $values = array_filter($this->values, static fn (string $value): bool => $value !== '');
        $oms = array_filter(['number' => $values['oms_number'] ?? '', 'series' => $values['oms_series'] ?? '']);
        unset($values['oms_number'], $values['oms_series']);

        return $values + ['oms' => $oms];
    }

    private static function path(string $name): string
    {
        return 'patient.' . str_replace('oms_', 'oms.', $name);
    }
}
