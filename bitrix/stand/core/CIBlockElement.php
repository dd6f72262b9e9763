<?php

declare(strict_types=1);

use Bitrix\Iblock\ElementTable;

/** Properties of the stand's elements: kept beside their fields, in the form that the kernel tells them. */
class CIBlockElement
{
    /**
     * @param array<int, array<string, mixed>> $result
     * @param array{ID: list<int>} $filter
     * @param array{CODE: list<string>} $properties
     */
    public static function GetPropertyValuesArray(
        array &$result,
        int $iblockId,
        array $filter,
        array $properties = [],
    ): void {
        foreach ($filter['ID'] as $id) {
            $known = ElementTable::$rows[ElementTable::class][$id]['PROPERTIES'] ?? [];
            $result[$id] = array_intersect_key($known, array_flip($properties['CODE']));
        }
    }
}
