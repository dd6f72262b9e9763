<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

use Bitrix\Iblock\ElementTable;
use Bitrix\Iblock\SectionTable;

/**
 * A doctor's specialty out of a property of any usual type: list, element, section, directory or plain text.
 *
 * Without such a property the element's section is the specialty. Names of linked rows are read once a page.
 */
final class Specialties
{
    /** @var array<string, array<int, string>> names by kind of link and id */
    private array $names = ['E' => [], 'G' => []];

    /**
     * @param array<int, array<string, array<string, mixed>>> $properties
     * @param list<array<string, mixed>> $rows
     */
    public function learn(array $properties, array $rows): void
    {
        $wanted = ['E' => [], 'G' => array_map(static fn (array $row): int => (int) $row['IBLOCK_SECTION_ID'], $rows)];
        foreach ($properties as $byCode) {
            foreach ($byCode as $property) {
                $type = (string) ($property['PROPERTY_TYPE'] ?? '');
                if (isset($wanted[$type])) {
                    array_push($wanted[$type], ...array_map('intval', Values::texts($property['VALUE'] ?? null)));
                }
            }
        }
        foreach (['E' => ElementTable::class, 'G' => SectionTable::class] as $type => $table) {
            $unknown = array_values(array_filter(array_diff(array_unique($wanted[$type]), array_keys($this->names[$type]))));
            if ($unknown === []) {
                continue;
            }
            $found = $table::getList(['select' => ['ID', 'NAME'], 'filter' => ['@ID' => $unknown]])->fetchAll();
            foreach ($found as $row) {
                $this->names[$type][(int) $row['ID']] = (string) $row['NAME'];
            }
        }
    }

    /**
     * @param array<string, mixed> $property
     * @return array{id: string, name: string}|null
     */
    public function of(array $property, int $sectionId): ?array
    {
        $type = (string) ($property['PROPERTY_TYPE'] ?? 'G');
        $values = $property === [] ? [(string) $sectionId] : Values::texts($property['VALUE'] ?? null);
        $first = $values[0] ?? '';
        if ($first === '') {
            return null;
        }
        if ($type === 'L') {
            return ['id' => (Values::texts($property['VALUE_ENUM_ID'] ?? null)[0] ?? $first), 'name' => $first];
        }
        if ($type === 'E' || $type === 'G') {
            $name = $this->names[$type][(int) $first] ?? '';

            return $name === '' ? null : ['id' => $first, 'name' => $name];
        }
        $name = ($property['USER_TYPE'] ?? '') === 'directory' ? Directories::nameOf($property, $first) : $first;

        return ['id' => mb_strtolower($first), 'name' => $name];
    }
}
