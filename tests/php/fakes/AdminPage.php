<?php

declare(strict_types=1);

namespace Tests\Fakes;

use Bitrix\Main\Context;
use Bitrix\Main\HttpRequest;
use Bitrix\Main\HttpResponse;
use CAdminMessage;
use CMain;

/** An administrator who opens a page or sends its form. */
final class AdminPage
{
    public CMain $application;
    public string $html = '';

    public function __construct(string $right = 'W')
    {
        $this->application = new CMain($right);
    }

    /**
     * Runs a page; with a form the request is a POST, and carries the session's token unless it has another one.
     *
     * @param array<string, mixed>|null $form
     */
    public function run(callable $page, ?array $form = null): self
    {
        $post = $form === null ? [] : $form + ['sessid' => bitrix_sessid()];
        $request = new HttpRequest($form === null ? 'GET' : 'POST', [], $post, []);
        Context::setCurrent(new Context($request, new HttpResponse()));
        CAdminMessage::$shown = [];
        $GLOBALS['APPLICATION'] = $this->application;
        ob_start();
        try {
            $page();
        } finally {
            $this->html = (string) ob_get_clean();
        }

        return $this;
    }

    /** @return string all that was said above the page */
    public function said(): string
    {
        $texts = static fn (mixed $told): string => implode("\n", array_filter((array) $told, is_string(...)));

        return implode("\n", array_map($texts, CAdminMessage::$shown));
    }
}
