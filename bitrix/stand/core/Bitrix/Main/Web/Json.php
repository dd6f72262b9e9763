<?php

declare(strict_types=1);

namespace Bitrix\Main\Web;

final class Json
{
    public static function encode(mixed $value): string
    {
        $safe = JSON_HEX_TAG | JSON_HEX_AMP | JSON_HEX_APOS | JSON_HEX_QUOT;

        return json_encode($value, $safe | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }
}
