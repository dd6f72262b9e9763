<?php

declare(strict_types=1);

use Bitrix\Main\Engine\ActionRunner;
use Bitrix\Main\ErrorCollection;

/** A component: its class, its parameters, and the template that it includes. */
class CBitrixComponent
{
    /** @var list<string> addresses of the styles of templates that were shown */
    public static array $styles = [];
    /** @var list<string> addresses of their scripts */
    public static array $scripts = [];

    /** @var array<string, mixed> */
    public $arParams = [];
    /** @var array<string, mixed> */
    public $arResult = [];
    private string $path = '';

    public function __construct($component = null)
    {
    }

    public static function make(string $name): self
    {
        $path = '/local/components/' . str_replace(':', '/', $name);
        $before = get_declared_classes();
        require_once dirname(__DIR__, 2) . $path . '/class.php';
        static $classes = [];
        foreach (array_diff(get_declared_classes(), $before) as $class) {
            is_subclass_of($class, self::class) && $classes[$name] = $class;
        }
        $component = new $classes[$name]();
        $component->path = $path;

        return $component;
    }

    public function onPrepareComponentParams($params)
    {
        return $params;
    }

    /**
     * @param array<string, mixed> $params
     */
    final public function show(array $params): string
    {
        $this->arParams = $this->onPrepareComponentParams($params);
        ob_start();
        $this->executeComponent();

        return (string) ob_get_clean();
    }

    /**
     * @param array<string, mixed> $parameters
     */
    final public function act(string $action, array $parameters, ErrorCollection $errors): mixed
    {
        $filters = $this->configureActions()[$action]['prefilters'] ?? [];
        $result = ActionRunner::run($this, $action, $filters, $parameters, $errors);
        foreach ($this->getErrors() as $error) {
            $errors[] = $error;
        }

        return $result;
    }

    public function includeComponentTemplate()
    {
        $template = $this->path . '/templates/.default';
        self::$styles[] = $template . '/style.css';
        self::$scripts[] = $template . '/script.js';
        $arResult = $this->arResult;
        $arParams = $this->arParams;
        include dirname(__DIR__, 2) . $template . '/template.php';
    }
}
