<?php

declare(strict_types=1);

namespace Tests;

use Emias\Gateway\Patient\OmsNumber;
use Emias\Gateway\Patient\PatientForm;
use Emias\Gateway\Patient\Snils;
use PHPUnit\Framework\TestCase;

final class PatientTest extends TestCase
{
    /**
     * @dataProvider snils
     */
    public function testSnilsIsCheckedByTheSharedVectors(string $text, ?string $problem): void
    {
        self::assertSame($problem, Snils::problem($text));
    }

    /**
     * @dataProvider policies
     */
    public function testPoliciesAreCheckedByTheSharedVectors(string $number, string $series, ?string $problem): void
    {
        self::assertSame($problem, OmsNumber::problem($number, $series));
    }

    public static function snils(): array
    {
        return self::vectors('snils', ['text', 'problem']);
    }

    public static function policies(): array
    {
        return self::vectors('oms', ['number', 'series', 'problem']);
    }

    public function testWhatIsTypedBecomesTheGatewaysPatient(): void
    {
        $form = new PatientForm([
            'last_name' => ' Ёлкина ',
            'first_name' => 'Вера',
            'middle_name' => '',
            'birth_date' => '14.03.1985',
            'snils' => '112-233-445 95',
            'oms_number' => '7756410885000127',
            'is_admin' => 'Y',
        ]);
        self::assertSame([], $form->errors());
        self::assertSame(
            [
                'last_name' => 'Ёлкина',
                'first_name' => 'Вера',
                'birth_date' => '14.03.1985',
                'snils' => '112-233-445 95',
                'oms' => ['number' => '7756410885000127'],
            ],
            $form->patient(),
        );
    }

    public function testEachWrongFieldIsNamedOnceInWords(): void
    {
        $errors = (new PatientForm([
            'last_name' => ['array'],
            'first_name' => str_repeat('я', 201),
            'birth_date' => '14.03.1985',
            'snils' => '112-233-445 96',
        ]))->errors();
        self::assertEqualsCanonicalizing(
            ['patient.last_name required', 'patient.first_name too_long', 'patient.snils snils_checksum', 'patient.oms.number required'],
            array_map(static fn (array $error): string => $error['field'] . ' ' . $error['code'], $errors),
        );
        self::assertNotContains('', array_column($errors, 'message'));
    }

    /**
     * @param list<string> $columns
     * @return array<string, list<mixed>>
     */
    private static function vectors(string $name, array $columns): array
    {
        $rows = json_decode((string) file_get_contents(dirname(__DIR__, 2) . "/vectors/$name.json"), true);
        $cases = [];
        foreach ($rows as $row) {
            $cases[$row['why']] = array_map(static fn (string $column): mixed => $row[$column], $columns);
        }

        return $cases;
    }
}
