<?php

declare(strict_types=1);

namespace Emias\Gateway\Patient;

use Bitrix\Main\Localization\Loc;

/** A wrong field as the page is told of it, by the gateway's own codes. */
final class FieldError
{
    /**
     * @return array{field: string, code: string, message: string}
     */
    public static function of(string $field, string $code): array
    {
        $message = (string) Loc::getMessage('EMIAS_GATEWAY_FIELD_' . strtoupper($code));

        return ['field' => $field, 'code' => $code, 'message' => $message];
    }
}
