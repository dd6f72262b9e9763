<?php

declare(strict_types=1);

namespace Bitrix\Main\Engine\ActionFilter;

use Bitrix\Main\Context;
use Bitrix\Main\Error;
use Bitrix\Main\Event;
use Bitrix\Main\EventResult;

final class HttpMethod extends Base
{
    public const METHOD_GET = 'GET';
    public const METHOD_POST = 'POST';

    /**
     * @param list<string> $methods
     */
    public function __construct(private readonly array $methods)
    {
        parent::__construct();
    }

    public function onBeforeAction(Event $event)
    {
        $method = Context::getCurrent()->getRequest()->getRequestMethod();
        if (in_array($method, $this->methods, true)) {
            return null;
        }
        $this->errorCollection[] = new Error('Wrong method for current action', 'invalid_http_method');

        return new EventResult(EventResult::ERROR, null, null, $this);
    }
}
