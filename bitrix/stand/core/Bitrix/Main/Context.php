<?php

declare(strict_types=1);

namespace Bitrix\Main;

final class Context
{
    private static ?self $current = null;

    public function __construct(private readonly HttpRequest $request, private readonly HttpResponse $response)
    {
    }

    public static function getCurrent(): self
    {
        return self::$current ??= new self(HttpRequest::ofThisProcess(), new HttpResponse());
    }

    public static function setCurrent(self $context): void
    {
        self::$current = $context;
    }

    public function getRequest(): HttpRequest
    {
        return $this->request;
    }

    public function getResponse(): HttpResponse
    {
        return $this->response;
    }
}
