<?php

declare(strict_types=1);

namespace Emias\Gateway\Source;

use Bitrix\Main\Loader;
use Emias\Gateway\Config\Settings;
use RuntimeException;

/** Opens the source that the module's settings name. */
final class ConfiguredSource
{
    public static function open(Settings $settings): DoctorSource
    {
        $id = (int) $settings->text('source_id');
        $fields = [
            'name' => $settings->text('field_name'),
            'lpu' => $settings->text('field_lpu'),
            'emias_id' => $settings->text('field_emias_id'),
            'specialty' => $settings->text('field_specialty'),
        ];
        switch ($settings->text('source')) {
            case 'highload':
                return new HighloadSource($id, $fields);
            case 'user':
                return new UserSource($fields);
        }
        if ($id <= 0 || !Loader::includeModule('iblock')) {
            // An empty list would read as "there are no doctors"; an error keeps the gateway's last mirror.
            throw new RuntimeException('iblock_not_configured');
        }

        return new IblockSource($id, $fields, new Specialties(), time(...));
    }
}
