<?php

declare(strict_types=1);

namespace Emias\Gateway\Filter;

use Bitrix\Main\Context;
use Bitrix\Main\Engine\ActionFilter\Base;
use Bitrix\Main\Error;
use Bitrix\Main\Event;
use Bitrix\Main\EventResult;
use Emias\Gateway\Config\Settings;

/** Lets in who sends a living feed key in `X-Gateway-Key`; many PHP hosts drop `Authorization`. */
final class GatewayKey extends Base
{
    public const HEADER = 'X-Gateway-Key';

    public function __construct(private readonly Settings $settings)
    {
        parent::__construct();
    }

    public function onBeforeAction(Event $event): ?EventResult
    {
        $offered = (string) Context::getCurrent()->getRequest()->getHeader(self::HEADER);
        if (self::opens($offered, $this->settings->feedKeys())) {
            return null;
        }
        Context::getCurrent()->getResponse()->setStatus('401 Unauthorized');
        $this->errorCollection[] = new Error('The gateway key is not accepted', 'gateway_key_rejected');

        return new EventResult(EventResult::ERROR, null, null, $this);
    }

    /**
     * Compares with every key, in a time that does not tell which one was nearly right.
     *
     * @param list<string> $keys
     */
    public static function opens(string $offered, array $keys): bool
    {
        $matches = 0;
        foreach ($keys as $key) {
            $matches += (int) hash_equals(hash('sha256', $key, true), hash('sha256', $offered, true));
        }

        return $matches > 0;
    }
}
