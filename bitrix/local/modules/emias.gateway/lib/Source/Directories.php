<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

use Bitrix\Highloadblock\HighloadBlockTable;
use Bitrix\Main\Loader;

/** Names in the highload blocks behind properties of the type "directory". */
final class Directories
{
    /** @var array<string, array<string, string>> by table and XML_ID */
    private static array $names = [];

    /**
     * @param array<string, mixed> $property
     */
    public static function nameOf(array $property, string $xmlId): string
    {
        $table = (string) ($property['USER_TYPE_SETTINGS']['TABLE_NAME'] ?? '');
        self::$names[$table] ??= self::read($table);

        return self::$names[$table][$xmlId] ?? $xmlId;
    }

    /**
     * @return array<string, string>
     */
    private static function read(string $table): array
    {
        if ($table === '' || !Loader::includeModule('highloadblock')) {
            return [];
        }
        $block = HighloadBlockTable::getList(['filter' => ['=TABLE_NAME' => $table]])->fetch();
        if (!$block) {
            return [];
        }
        $rows = HighloadBlockTable::compileEntity($block)->getDataClass()::getList(['select' => ['UF_XML_ID', 'UF_NAME']]);

        return array_column($rows->fetchAll(), 'UF_NAME', 'UF_XML_ID');
    }
}
