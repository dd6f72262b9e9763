<?php

declare(strict_types=1);

namespace Emias\Gateway\Patient;

/** What a visitor who has logged in types beside: a policy or SNILS that Gosuslugi do not have. */
final class PatientAddition
{
    private const LONGEST = 40;

    private readonly string $snils;
    private readonly string $number;
    private readonly string $series;

    /**
     * @param array<mixed> $given
     */
    public function __construct(array $given)
    {
        $typed = static fn (string $name): string => is_string($given[$name] ?? null)
            ? mb_substr(trim($given[$name]), 0, self::LONGEST)
            : '';
        $this->snils = $typed('snils');
        $this->number = $typed('oms_number');
        $this->series = $typed('oms_series');
    }

    /**
     * Names what is typed wrong; whether it is needed at all the gateway knows.
     *
     * @return list<array{field: string, code: string, message: string}>
     */
    public function errors(): array
    {
        $codes = array_filter([
            'patient.snils' => $this->snils === '' ? null : Snils::problem($this->snils),
            'patient.oms.number' => $this->number . $this->series === ''
                ? null
                : OmsNumber::problem($this->number, $this->series),
        ]);
        $errors = [];
        foreach ($codes as $field => $code) {
            $errors[] = FieldError::of($field, $code);
        }

        return $errors;
    }

    /**
     * @return array<string, mixed> the gateway's `patient`, empty when nothing is typed
     */
    public function patient(): array
    {
        $oms = array_filter(['number' => $this->number, 'series' => $this->series]);

        return array_filter(['snils' => $this->snils, 'oms' => $oms]);
    }
}
