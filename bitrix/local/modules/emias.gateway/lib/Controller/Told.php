<?php

declare(strict_types=1);

namespace Emias\Gateway\Controller;

use Bitrix\Main\Error;
use Emias\Gateway\Client\Exception\GatewayException;

/** What the page is told of a refusal: code, next-step data, no word of how the site is set up. */
final class Told
{
    public static function error(GatewayException $refusal): Error
    {
        return new Error($refusal->getMessage(), $refusal->problemCode, [
            'reason' => $refusal->reason,
            'request_id' => $refusal->requestId,
            'retry_after' => $refusal->retryAfter,
            'alternatives' => $refusal->alternatives,
            'errors' => $refusal->errors,
        ]);
    }

    /**
     * @param list<array{field: string, code: string, message: string}> $errors
     */
    public static function wrongFields(array $errors): Error
    {
        return new Error('', 'validation_failed', ['errors' => $errors, 'alternatives' => [], 'retry_after' => 0]);
    }
}
